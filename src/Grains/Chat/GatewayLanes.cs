namespace GameBackend.Grains.Chat;

/// <summary>
/// The lanes by which every gateway hears what is said, as this silo knows them: asked for once a second at the most. A
/// gateway that is not listed for a moment, since its directory has moved, is told for a while longer.
/// </summary>
public sealed class GatewayLanes(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _seen = [];
    private string[] _lanes = [];
    private long _asked;
    private Task? _asking;

    /// <summary>A lane of each gateway. The first to ask waits for the answer, later ones take the last.</summary>
    public async ValueTask<string[]> Get()
    {
        Task asking;
        lock (_gate)
        {
            if (_asked != 0 && time.GetElapsedTime(_asked) < AskEvery)
                return _lanes;
            asking = _asking ??= Task.Run(Ask);
            if (_lanes.Length > 0)
                return _lanes;
        }

        await asking;
        return _lanes;
    }

    private async Task Ask()
    {
        try
        {
            var listed = await grains.GetGrain<IGatewayDirectoryGrain>(0).List();
            Note(listed);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // Lanes may lose: gateways find what is missing by its number.
        }
        finally
        {
            lock (_gate)
                _asking = null;
        }
    }

    private void Note(GatewayEntry[] listed)
    {
        lock (_gate)
        {
            _asked = time.GetTimestamp();
            foreach (var gateway in listed)
                _seen[Lane.Name(gateway.Id, 0)] = _asked;
            foreach (var (lane, at) in _seen)
            {
                if (time.GetElapsedTime(at, _asked) > RememberFor)
                    _seen.Remove(lane);
            }

            _lanes = [.. _seen.Keys];
        }
    }
}
