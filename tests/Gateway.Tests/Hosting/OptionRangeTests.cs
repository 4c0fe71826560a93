using GameBackend.Gateway.Hosting;
using GameBackend.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Tests.Hosting;

/// <summary>A value with which a process could not do its work ends its start, and one line says which.</summary>
public sealed class OptionRangeTests
{
    [Theory]
    [InlineData("Battle:SaveLogEvery", "-00:00:01")]
    [InlineData("Battle:CheckpointEvery", "00:00:00")]
    [InlineData("Battle:AttendWithin", "00:00:00.5")]
    [InlineData("Battle:JoinWithin", "00:00:00")]
    [InlineData("Battle:WatchDelay", "-00:00:01")]
    [InlineData("Battle:SettleEvery", "00:00:00")]
    [InlineData("Battle:WakeEvery", "00:00:00")]
    [InlineData("Battle:ReplayKeptFor", "60.00:00:00")]
    [InlineData("Battle:CatchUpTicks", "0")]
    [InlineData("Gateway:AuthenticateWithin", "00:00:00")]
    [InlineData("Gateway:HeartbeatEvery", "00:00:00")]
    [InlineData("Gateway:DeadAfter", "-00:00:01")]
    [InlineData("Gateway:CallTimeout", "00:00:00")]
    [InlineData("Gateway:DrainWithin", "-00:00:05")]
    [InlineData("Gateway:MaxInFlight", "33")]
    [InlineData("Gateway:MaxUnauthenticatedPerAddress", "0")]
    [InlineData("Gateway:MaxUnauthenticatedPercent", "101")]
    [InlineData("Gateway:ExemptNetworks:0", "at home")]
    [InlineData("Gateway:AdvertisedHost", "http://game.example")]
    [InlineData("Gateway:AdvertisedHost", "game.example:7700")]
    [InlineData("Guild:WakeEvery", "00:00:00")]
    [InlineData("Lanes:Queues", "0")]
    [InlineData("Mailbox:MaxBacklog", "1")]
    [InlineData("Mailbox:SenderUpToPercent", "0")]
    [InlineData("Match:RoundEvery", "00:00:00")]
    [InlineData("Node:Lease", "00:00:00")]
    [InlineData("Player:WakeEvery", "00:00:00.5")]
    [InlineData("Silo:BalanceEvery", "00:00:00")]
    [InlineData("Silo:IdleGrainAge", "0")]
    [InlineData("Silo:Port", "70000")]
    [InlineData("Value:RetryEvery", "00:00:00")]
    [InlineData("Accounts:AccessTokenLifetime", "2.00:00:00")]
    [InlineData("Accounts:ExternalTimeout", "01:00:00")]
    [InlineData("Accounts:KickRetryPeriod", "00:00:00")]
    [InlineData("Accounts:KickTimeout", "1.00:00:00")]
    [InlineData("Accounts:RefreshTokenLifetime", "10000.00:00:00")]
    public Task What_is_out_of_range_is_named(string option, string value) =>
        AssertRefused(option.Split(':')[1], (option, value));

    [Theory]
    [InlineData("Gateway:HeartbeatEvery", "abc")]
    [InlineData("Gateway:TcpPort", "many")]
    [InlineData("Tracing:Requests", "maybe")]
    [InlineData("Silo:IdleGrainAge", "soon")]
    [InlineData("Battle:WakeEvery", "12 parsecs")]
    [InlineData("Store:Fsync", "perhaps")]
    [InlineData("Accounts:KickTimeout", "x")]
    public Task What_is_no_such_value_is_named(string option, string value) =>
        AssertRefused(option, (option, value));

    [Fact]
    public Task A_connection_may_not_count_as_dead_before_it_has_to_be_heard() => AssertRefused(
        "DeadAfter", ("Gateway:HeartbeatEvery", "00:00:10"), ("Gateway:DeadAfter", "00:00:01"));

    [Fact]
    public Task A_node_may_not_count_as_gone_before_it_has_to_be_heard() => AssertRefused(
        "Node:Lease", ("Node:Heartbeat", "00:00:01"), ("Node:Lease", "00:00:01"));

    [Fact]
    public Task A_catalogue_that_is_not_there_is_named() => AssertRefused(
        "Game:Catalogue '/nowhere/at/all'", ("Game:Catalogue", "/nowhere/at/all"));

    [Fact]
    public async Task A_catalogue_that_is_not_sound_is_named()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "player.json"), "{");
        await AssertRefused($"Game:Catalogue '{directory.Path}'", ("Game:Catalogue", directory.Path));
    }

    [Theory]
    [InlineData("Logs:Directory")]
    [InlineData("Store:Directory")]
    public async Task A_directory_that_cannot_be_written_is_named(string option)
    {
        using var directory = new TestDirectory();
        var file = Path.Combine(directory.Path, "file");
        await File.WriteAllTextAsync(file, "");
        foreach (var path in new[] { file, Path.Combine(file, "below"), "/proc/no-such-place" })
            await AssertRefused(option, (option, path));
    }

    [Fact]
    public async Task An_audit_file_that_cannot_be_written_is_named()
    {
        using var directory = new TestDirectory();
        var month = TimeProvider.System.GetLocalNow();
        // Whichever month it is by the time of the start.
        foreach (var at in new[] { month, month.AddDays(1) })
            Directory.CreateDirectory(Path.Combine(directory.Path, $"audit-silo-1-{at:yyyyMM}.log"));
        await AssertRefused("audit-silo-1-", ("Logs:Directory", directory.Path));
    }

    [Fact]
    public async Task A_file_for_probes_that_cannot_be_written_is_named() =>
        await AssertRefused("Health:PortFile '/proc/port'", ("Health:PortFile", "/proc/port"));

    [Fact]
    public async Task A_list_of_words_that_is_none_is_named()
    {
        using var directory = new TestDirectory();
        var file = Path.Combine(directory.Path, "words.json");
        await AssertRefused("Chat:WordsFile", ("Chat:WordsFile", file));
        await File.WriteAllTextAsync(file, "[null]");
        await AssertRefused("Chat:WordsFile", ("Chat:WordsFile", file));
    }

    [Theory]
    [InlineData("Player:WakeEvery")]
    [InlineData("Guild:WakeEvery")]
    [InlineData("Battle:WakeEvery")]
    [InlineData("Battle:ReplayKeptFor")]
    public async Task Reminders_are_taken_as_often_as_each_option_says(string option)
    {
        await using var backend = await Backend.Start((option, "00:00:10"));
        Assert.Equal(
            TimeSpan.FromSeconds(10),
            backend.Services.GetRequiredService<IOptions<ReminderOptions>>().Value.MinimumReminderPeriod);
    }

    private static async Task AssertRefused(string named, params (string Key, object Value)[] settings)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => Backend.Start(settings));
        var explanation = Startup.Explain(fault, failure => failure is EmbeddedStoreException);
        Assert.True(explanation is not null, $"Nobody would be told of: {fault}");
        Assert.Contains(named, explanation, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', explanation);
    }
}
