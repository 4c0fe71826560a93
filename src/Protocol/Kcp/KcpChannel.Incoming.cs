namespace GameBackend.Protocol.Kcp;

/// <summary>The receiving half: a ring of segments from the next that is read to the end of the window.</summary>
public sealed partial class KcpChannel
{
    private readonly List<(uint Number, uint Time)> _toAcknowledge = [];
    private KcpSegment?[]? _arrived;
    private uint _readNext;
    private uint _arrivedNext;
    private int _messages;
    private int _partsExpected;
    private bool _tellWindow;
    private ushort _toldWindow = (ushort)settings.Window;

    /// <summary>Whether a whole message can be received.</summary>
    public bool HasMessage => _messages > 0;

    /// <summary>The size of the next message. Only if <see cref="HasMessage"/>.</summary>
    public int NextMessageBytes
    {
        get
        {
            var bytes = 0;
            for (var number = _readNext; ; number++)
            {
                var part = _arrived![number & _mask]!;
                bytes += part.Length;
                if (part.Fragment == 0)
                    return bytes;
            }
        }
    }

    /// <summary>Segments that can be taken beyond those that have arrived.</summary>
    private ushort OpenWindow => (ushort)(settings.Window - Distance(_readNext, _arrivedNext));

    /// <summary>Takes the next message. Only if <see cref="HasMessage"/>.</summary>
    /// <returns>Its length.</returns>
    public int Receive(Span<byte> target)
    {
        var length = 0;
        while (true)
        {
            ref var slot = ref _arrived![_readNext & _mask];
            var part = slot!;
            slot = null;
            _readNext++;
            part.Data.CopyTo(target[length..]);
            length += part.Length;
            part.Release();
            if (part.Fragment == 0)
                break;
        }

        _messages--;
        // The other end may be waiting for the window to open.
        if (_toldWindow < settings.Window / 4 && OpenWindow >= settings.Window / 2)
            _tellWindow = true;
        return length;
    }

    private bool TakePush(in KcpHeader header, ReadOnlySpan<byte> data)
    {
        if (header.Fragment >= settings.MaxFragments || data.Length > settings.FragmentBytes)
            return false;
        if (Distance(_readNext, header.Number) >= settings.Window)
            return true;
        // What has arrived before is acknowledged again: the first acknowledgement may be lost.
        if (_toAcknowledge.Count < 2 * settings.Window)
            _toAcknowledge.Add((header.Number, header.Time));
        if (Distance(_arrivedNext, header.Number) < 0)
            return true;
        _arrived ??= new KcpSegment?[settings.Window];
        ref var slot = ref _arrived[header.Number & _mask];
        slot ??= new KcpSegment(header.Number, header.Fragment, data);
        return MoveOn();
    }

    /// <summary>Goes over what now is without a hole. Parts of a message count down to 0.</summary>
    private bool MoveOn()
    {
        while (Distance(_readNext, _arrivedNext) < settings.Window && _arrived![_arrivedNext & _mask] is { } part)
        {
            if (_partsExpected > 0 && part.Fragment != _partsExpected - 1)
                return false;
            _partsExpected = part.Fragment;
            if (part.Fragment == 0)
                _messages++;
            _arrivedNext++;
        }

        return true;
    }

    private void WriteAcknowledgements(ref Writer writer, in KcpHeader common)
    {
        foreach (var (number, time) in _toAcknowledge)
            writer.Add(common with { Command = KcpSegment.Ack, Number = number, Time = time }, default);
        _toAcknowledge.Clear();
    }

    private void ReleaseIncoming()
    {
        _toAcknowledge.Clear();
        _messages = 0;
        for (var i = 0; i < (_arrived?.Length ?? 0); i++)
        {
            _arrived![i]?.Release();
            _arrived[i] = null;
        }
    }
}
