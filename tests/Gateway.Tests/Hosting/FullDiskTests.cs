using System.Net;
using GameBackend.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Hosting;

/// <summary>The disk of a single process takes no writes for a while.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_process_whose_disk_is_full_is_not_ready_says_why_and_goes_on_when_there_is_room()
    {
        await using var backend = await Backend.Start(("Gateway:CallTimeout", "00:00:02"));
        await using var client = await backend.Play(Transport.Tcp);
        var before = await client.Fetch();
        var store = backend.Services.GetRequiredService<EmbeddedStore>();

        store.Files.BeforeWrite = (_, _) => throw new IOException("No space left on device");
        var id = client.NextId();
        var buy = new BuyRequest { Item = "potion.experience.small", Count = 1 };
        Assert.Equal(GameError.Unavailable, await Ask(id));
        using (var full = await backend.Operators.GetAsync("/health/ready"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
            Assert.Contains("No space left on device", await full.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var live = await backend.Http.GetAsync("/health/live"))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        store.Files.BeforeWrite = null;
        await Wait.Until(async () =>
        {
            using var answer = await backend.Operators.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        });
        // Sent again under its id it is done once.
        await Wait.Until(async () => await Ask(id) == GameError.Ok);
        var after = await client.Fetch();
        Assert.Equal(before.Version + 1, after.Version);
        Assert.Equal(GameError.Ok, await Ask(client.NextId()));

        async Task<GameError> Ask(uint request)
        {
            await client.Send(RawClient.Envelope(buy, request));
            return (await client.Answer(request)).Error;
        }
    }
}
