using GameBackend.Game;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GameBackend.Grains.Chat;

public static class ChatHosting
{
    /// <summary>Adds what chat needs on every silo. A filter that was added before stays.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.AddOptions<ChatOptions>()
            .BindConfiguration(ChatOptions.Section).ValidateDataAnnotations()
            .Validate(
                options => string.IsNullOrEmpty(options.WordsFile) || IsWordList(options.WordsFile),
                "Chat:WordsFile is not a readable JSON array of words with 2 characters or more each.")
            .ValidateOnStart();
        services.AddSingleton<GatewayLanes>();
        services.TryAddSingleton<ITextFilter, WordListFilter>();
        return services;
    }

    private static bool IsWordList(string path)
    {
        try
        {
            _ = WordFilter.LoadFrom(path);
            return true;
        }
        catch (Exception)
        {
            // Whatever it is, it is found at the start, and not when the first player speaks.
            return false;
        }
    }
}
