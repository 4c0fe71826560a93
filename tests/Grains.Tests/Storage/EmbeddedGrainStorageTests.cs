using GameBackend.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace GameBackend.Grains.Tests.Storage;

public sealed class EmbeddedGrainStorageTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("player", "42");

    private readonly StoreDirectory _directory = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private EmbeddedStore _store;

    public EmbeddedGrainStorageTests() => _store = _directory.Open();

    private EmbeddedGrainStorage Storage => new(
        _store,
        new ProtobufGrainStorageSerializer(_services.GetRequiredService<Serializer>()),
        _services.GetRequiredService<IActivatorProvider>());

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task A_state_that_was_never_written_is_a_fresh_one()
    {
        var state = new GrainState<PlayerView>(null!) { ETag = "old", RecordExists = true };
        await Storage.ReadStateAsync("player", Grain, state);
        Assert.Equal(new PlayerView(), state.State);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task A_written_state_is_read_back_after_opening_again()
    {
        var written = new GrainState<PlayerView>(View(1));
        await Storage.WriteStateAsync("player", Grain, written);
        Assert.True(written.RecordExists);
        _store.Dispose();
        _store = _directory.Open();

        var read = await Read();
        Assert.Equal(written.State, read.State);
        Assert.Equal(written.ETag, read.ETag);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task An_empty_message_is_a_record()
    {
        await Storage.WriteStateAsync("player", Grain, new GrainState<PlayerView>(new PlayerView()));
        Assert.True((await Read()).RecordExists);
    }

    [Fact]
    public async Task A_write_with_an_old_etag_is_refused_and_changes_nothing()
    {
        var first = new GrainState<PlayerView>(View(1));
        await Storage.WriteStateAsync("player", Grain, first);
        var stale = await Read();
        first.State = View(2);
        await Storage.WriteStateAsync("player", Grain, first);

        stale.State = View(3);
        var refused = await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("player", Grain, stale));
        Assert.Equal(first.ETag, refused.StoredEtag);
        Assert.Equal(stale.ETag, refused.CurrentEtag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("player", Grain, stale));
        Assert.Equal(View(2), (await Read()).State);
    }

    [Fact]
    public async Task A_write_without_an_etag_over_a_record_is_refused_and_so_is_the_reverse()
    {
        await Storage.WriteStateAsync("player", Grain, new GrainState<PlayerView>(View(1)));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("player", Grain, new GrainState<PlayerView>(View(2))));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("other", Grain, new GrainState<PlayerView>(View(2)) { ETag = "1" }));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("other", Grain, new GrainState<PlayerView>(View(2)) { ETag = "not ours" }));
    }

    [Fact]
    public async Task A_cleared_state_is_gone_and_can_be_written_anew()
    {
        var state = new GrainState<PlayerView>(View(1));
        await Storage.WriteStateAsync("player", Grain, state);
        var old = state.ETag;
        await Storage.ClearStateAsync("player", Grain, state);
        Assert.Equal((null, false, new PlayerView()), (state.ETag, state.RecordExists, state.State));
        Assert.False((await Read()).RecordExists);
        await Storage.ClearStateAsync("player", Grain, state);

        state.State = View(2);
        await Storage.WriteStateAsync("player", Grain, state);
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("player", Grain, new GrainState<PlayerView>(View(3)) { ETag = old }));
    }

    [Fact]
    public async Task States_of_a_grain_and_grains_of_a_state_are_apart()
    {
        await Storage.WriteStateAsync("player", Grain, new GrainState<PlayerView>(View(1)));
        await Storage.WriteStateAsync("mailbox", Grain, new GrainState<PlayerView>(View(2)));
        await Storage.WriteStateAsync("player", GrainId.Create("player", "43"), new GrainState<PlayerView>(View(3)));
        Assert.Equal(View(1), (await Read()).State);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_an_error_and_never_a_blank_state()
    {
        await _store.Put("state", $"{Grain}/player", new byte[] { 1, 0xFF, 0xFF }, null);
        await Assert.ThrowsAnyAsync<Exception>(Read);
    }

    private static PlayerView View(ulong version) =>
        new() { Version = version, Profile = new Profile { Name = "Ann" } };

    private async Task<GrainState<PlayerView>> Read()
    {
        var state = new GrainState<PlayerView>(new PlayerView());
        await Storage.ReadStateAsync("player", Grain, state);
        return state;
    }
}
