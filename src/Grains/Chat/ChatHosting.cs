using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GameBackend.Grains.Chat;

public static class ChatHosting
{
    /// <summary>Adds what chat needs on every silo. A filter that was added before stays.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.AddOptions<ChatOptions>()
            .BindConfiguration(ChatOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<GatewayLanes>();
        services.TryAddSingleton<ITextFilter, WordListFilter>();
        return services;
    }
}
