namespace GameBackend.Grains.Lanes;

/// <summary>Sends a lane's gateway an empty item, by which the gateway knows that the lane works.</summary>
[GrainType("lane-probe"), StatelessWorker(2)]
public sealed class LaneProbeGrain : Grain, ILaneProbeGrain
{
    public Task Probe(string lane, long token)
    {
        var stream = this.GetStreamProvider(Lane.Provider).GetStream<LaneItem>(Lane.Stream(lane));
        return stream.OnNextAsync(new LaneItem(0, (ulong)token, 0, 0, []));
    }
}
