using GameBackend.Game;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GameBackend.Grains.Guild;

/// <summary>
/// A part of the directory of guilds. Reports are answered at once and saved in batches: what a crash takes, the guilds
/// report again, each in memory within a minute and every other when it wakes.
/// </summary>
[GrainType("guild-index"), Role(Roles.Social)]
public sealed partial class GuildIndexGrain(
    [PersistentState("guild-index", "Default")] IPersistentState<GuildIndexRecord> storage,
    IOptions<GuildOptions> options,
    ILogger<GuildIndexGrain> logger) : Grain, IGuildIndexGrain
{
    private readonly GuildDirectory _directory = new();
    private IGrainTimer? _saving;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var guild in storage.State.Guilds)
            _directory.Report(guild);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _saving is null ? Task.CompletedTask : Save();

    public Task Report(ulong version, byte[] summary)
    {
        var entry = new GuildEntry { Summary = GuildSummary.Parser.ParseFrom(summary), Version = version };
        if (_directory.Report(entry))
        {
            _saving ??= this.RegisterGrainTimer(Save, new GrainTimerCreationOptions
            {
                DueTime = options.Value.IndexSavedWithin,
                Period = options.Value.IndexSavedWithin,
                KeepAlive = true,
            });
        }

        return Task.CompletedTask;
    }

    public Task<byte[]> Search(byte[] query) => Task.FromResult(new SearchGuildsReply
    {
        Guilds = { _directory.Search(ClientInput.Parse<SearchGuildsRequest>(query)) },
    }.ToByteArray());

    private async Task Save()
    {
        storage.State.Guilds.Clear();
        storage.State.Guilds.Add(_directory.Entries);
        try
        {
            await storage.WriteStateAsync();
            _saving?.Dispose();
            _saving = null;
        }
        catch (Exception e)
        {
            // The next activation starts from what is saved, and from the guilds' reports.
            LogNotSaved(e, this.GetPrimaryKeyLong());
            DeactivateOnIdle();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Part {Shard} of the directory of guilds was not saved")]
    private partial void LogNotSaved(Exception exception, long shard);
}
