using GameBackend.Protocol.Kcp;

namespace GameBackend.Protocol.Tests.Kcp;

/// <summary>
/// Two channels and a network between them that loses, doubles, delays and reorders, in simulated time.
/// </summary>
internal sealed class LossyPair
{
    public const uint Conversation = 0xC0FFEE;

    private readonly PriorityQueue<(int To, byte[] Datagram), (long AtMs, int Order)> _network = new();
    private readonly Random _random;
    private readonly byte[] _scratch = new byte[KcpDatagram.MaxPayloadBytes];
    private int _order;

    public LossyPair(int seed, KcpSettings? settings = null, double loss = 0, double doubled = 0, int delayMs = 20,
        int jitterMs = 0)
    {
        _random = new Random(seed);
        (Loss, Doubled, DelayMs, JitterMs) = (loss, doubled, delayMs, jitterMs);
        Ends = [new KcpChannel(Conversation, settings ?? KcpSettings.Default),
            new KcpChannel(Conversation, settings ?? KcpSettings.Default)];
    }

    public KcpChannel[] Ends { get; }

    public double Loss { get; set; }

    public double Doubled { get; }

    public int DelayMs { get; }

    public int JitterMs { get; }

    public long NowMs { get; private set; } = 1_000;

    public int Datagrams { get; private set; }

    /// <summary>What each end has received.</summary>
    public List<byte[]>[] Received { get; } = [[], []];

    /// <summary>Whether an end takes its messages.</summary>
    public bool[] Reads { get; } = [true, true];

    /// <summary>Lets 10 ms pass.</summary>
    public void Step()
    {
        for (var end = NowMs + 10; NowMs < end; NowMs++)
        {
            while (_network.TryPeek(out _, out var due) && due.AtMs <= NowMs)
            {
                var (to, datagram) = _network.Dequeue();
                Assert.True(Ends[to].Input(datagram, NowMs));
                Read(to);
            }
        }

        for (var from = 0; from < 2; from++)
        {
            Read(from);
            if (Ends[from].DueAtMs <= NowMs)
                Ends[from].Flush(NowMs, _scratch, segments => Carry(1 - from, segments));
        }
    }

    /// <summary>Goes on until something holds, and fails if it never does.</summary>
    public void Until(Func<bool> holds, long withinMs = 120_000)
    {
        for (var end = NowMs + withinMs; !holds(); Step())
            Assert.True(NowMs < end, "It has not happened in time.");
    }

    private void Read(int end)
    {
        while (Reads[end] && Ends[end].HasMessage)
        {
            var message = new byte[Ends[end].NextMessageBytes];
            Assert.Equal(message.Length, Ends[end].Receive(message));
            Received[end].Add(message);
        }
    }

    private void Carry(int to, ReadOnlySpan<byte> segments)
    {
        Assert.True(segments.Length <= KcpDatagram.MaxPayloadBytes);
        Datagrams++;
        for (var copies = _random.NextDouble() < Doubled ? 2 : 1; copies > 0; copies--)
        {
            if (_random.NextDouble() >= Loss)
                _network.Enqueue((to, segments.ToArray()), (NowMs + DelayMs + _random.Next(JitterMs + 1), _order++));
        }
    }
}
