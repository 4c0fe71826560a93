using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Grains.Mailbox;

public static class MailboxHosting
{
    /// <summary>Adds what mailboxes need on every silo.</summary>
    public static IServiceCollection AddMailboxes(this IServiceCollection services)
    {
        services.AddOptions<MailboxOptions>()
            .BindConfiguration(MailboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddMeter<MailboxMetrics>();
    }
}
