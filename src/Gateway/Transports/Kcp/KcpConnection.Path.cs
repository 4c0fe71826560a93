using System.Net;
using System.Security.Cryptography;
using GameBackend.Protocol.Kcp;

namespace GameBackend.Gateway.Transports.Kcp;

/// <summary>
/// Where the client is. A sealed datagram from another address, newer than all before, makes the gateway ask there;
/// only the answer moves the connection. So neither a repeated datagram nor a made-up address draws anything to a
/// stranger, and until then the old address stays good.
/// </summary>
internal sealed partial class KcpConnection
{
    private const long AskEveryMs = 100;

    private readonly byte[] _challenge = new byte[KcpDatagram.ChallengeBytes];
    private SocketAddress _path;
    private SocketAddress? _candidate;
    private uint _newest;
    private long _askedAtMs;

    /// <summary>How often the connection has moved.</summary>
    public int Moves { get; private set; }

    private void Follow(SocketAddress from, uint counter)
    {
        if (counter <= _newest)
            return;
        _newest = counter;
        if (from.Equals(_path))
        {
            _candidate = null;
            return;
        }

        var now = Environment.TickCount64;
        if (_candidate is null || !_candidate.Equals(from))
        {
            _candidate = Copy(from);
            RandomNumberGenerator.Fill(_challenge);
        }
        else if (now - _askedAtMs < AskEveryMs)
        {
            return;
        }

        _askedAtMs = now;
        _challenge.CopyTo(Scratch[KcpDatagram.HeadBytes..]);
        Send(KcpKind.Challenge, KcpDatagram.ChallengeBytes, _candidate);
    }

    private void Move(ReadOnlySpan<byte> answer, SocketAddress from)
    {
        if (_candidate is null || !_candidate.Equals(from) || !answer.SequenceEqual(_challenge))
            return;
        _path = _candidate;
        _candidate = null;
        Moves++;
        // What was sent to the old address while the client was gone is lost.
        _channel.ResendSoon();
        Flush(Environment.TickCount64);
    }
}
