using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text.Unicode;
using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Transports;

/// <summary>
/// A WebSocket client: one message is one envelope, binary, or protobuf-JSON text if it asked for that. It reads and
/// writes the frames itself, so that whatever is wrong with one is told in a Goodbye and a close frame.
/// </summary>
/// <param name="stream">What the handshake has left: frames, both ways.</param>
internal sealed class WebSocketConnection(
    Stream stream, EndPoint remote, Action abort, GatewayOptions options, bool json)
    : ClientConnection(options.MaxQueuedBytes)
{
    private const int NormalClosure = 1000;

    /// <summary>
    /// How long, in milliseconds, a client whose frames cannot be read any more has to be silent before its connection
    /// ends: bytes that nobody reads would cost it the last ones that it was sent.
    /// </summary>
    private const int QuietMs = 150;

    private static readonly StreamPipeReaderOptions ReaderOptions = new(leaveOpen: true, useZeroByteReads: true);

    private readonly PipeReader _input = PipeReader.Create(stream, ReaderOptions);
    private readonly WebSocketOpcode _kind = json ? WebSocketOpcode.Text : WebSocketOpcode.Binary;
    private byte[]? _message;
    private int _messageBytes;
    private int _closeStatus = NormalClosure;
    private long _readAtMs;
    private bool _broken;
    private volatile bool _ended;

    public override string Transport => "websocket";

    public override EndPoint? Remote => remote;

    public override ServerFrame Prepare(in ServerFrame frame) =>
        json ? frame with { Text = JsonTranscoder.ToText(frame) } : frame;

    public override async Task ReceiveAsync(Session session)
    {
        try
        {
            while (!_ended)
            {
                var read = await _input.ReadAsync();
                Note(read);
                Take(session, read.Buffer);
            }
        }
        catch (ProtocolViolationException violation)
        {
            _closeStatus = violation.CloseStatus;
            throw;
        }
        finally
        {
            Forget();
        }
    }

    public override async Task DiscardAsync()
    {
        while (!_ended)
        {
            var read = await _input.ReadAsync();
            Note(read);
            var rest = read.Buffer;
            try
            {
                while (!_broken && !_ended && TryTake(ref rest, out var frame))
                    _ended = frame.Opcode == WebSocketOpcode.Close;
            }
            catch (ProtocolViolationException)
            {
                // The client has been told of the first one.
            }

            _input.AdvanceTo(_broken ? read.Buffer.End : rest.Start, read.Buffer.End);
        }
    }

    protected override void Drop() => abort();

    protected override int WriteHeader(Span<byte> target, int size) =>
        WebSocketFrames.WriteHeader(target, _kind, size);

    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> frames) => stream.WriteAsync(frames);

    protected override async ValueTask FinishAsync()
    {
        var close = new byte[2 + sizeof(ushort)];
        WebSocketFrames.WriteHeader(close, WebSocketOpcode.Close, sizeof(ushort));
        BinaryPrimitives.WriteUInt16BigEndian(close.AsSpan(2), (ushort)_closeStatus);
        await stream.WriteAsync(close);
        if (!_broken)
            return;
        while (!_ended && QuietMs - (Environment.TickCount64 - Volatile.Read(ref _readAtMs)) is > 0 and var wait)
            await Task.Delay((int)wait);
        _input.CancelPendingRead();
    }

    private void Note(in ReadResult read)
    {
        Volatile.Write(ref _readAtMs, Environment.TickCount64);
        _ended |= read.IsCompleted || read.IsCanceled;
    }

    private void Take(Session session, in ReadOnlySequence<byte> buffer)
    {
        var rest = buffer;
        try
        {
            while (!_ended && TryTake(ref rest, out var frame))
            {
                if (frame.IsControl)
                    TakeControl(session, frame);
                else
                    TakeData(session, frame);
            }

            session.EndBurst();
        }
        finally
        {
            _input.AdvanceTo(rest.Start, rest.End);
        }
    }

    private bool TryTake(ref ReadOnlySequence<byte> buffer, out WebSocketFrame frame)
    {
        try
        {
            return WebSocketFrames.TryTake(ref buffer, options.MaxFrameBytes, out frame);
        }
        catch (ProtocolViolationException)
        {
            // Where the next frame begins is not known any more.
            _broken = true;
            throw;
        }
    }

    private void TakeControl(Session session, in WebSocketFrame frame)
    {
        if (frame.Opcode == WebSocketOpcode.Close)
            _ended = true;
        if (frame.Opcode != WebSocketOpcode.Ping)
            return;
        Span<byte> pong = stackalloc byte[2 + WebSocketFrames.MaxControlBytes];
        var length = (int)frame.Payload.Length;
        WebSocketFrames.WriteHeader(pong, WebSocketOpcode.Pong, length);
        frame.CopyTo(pong.Slice(2, length));
        if (!SendOwn(pong[..(2 + length)]))
            session.Close(GoodbyeReason.SlowReader, "Too much that was sent has not been read.");
    }

    private void TakeData(Session session, in WebSocketFrame frame)
    {
        var begins = frame.Opcode != WebSocketOpcode.Continuation;
        if (begins && _message is not null)
            throw new ProtocolViolationException("A WebSocket message inside of another one.");
        if (!begins && _message is null)
            throw new ProtocolViolationException("A part of a WebSocket message that has not begun.");
        if (begins && frame.Opcode != _kind)
        {
            throw new ProtocolViolationException(
                json ? "A binary message; with ?format=json envelopes are text."
                    : "A text message; envelopes are binary unless ?format=json is asked for.",
                ProtocolViolationException.Unsupported);
        }

        Append(frame);
        if (!frame.IsFinal)
            return;
        Hand(session, _message.AsSpan(0, _messageBytes));
        Forget();
    }

    private void Append(in WebSocketFrame frame)
    {
        var total = _messageBytes + (int)frame.Payload.Length;
        if (total > options.MaxFrameBytes)
        {
            throw new ProtocolViolationException(
                $"A message over {options.MaxFrameBytes} bytes.", ProtocolViolationException.TooBig);
        }

        if (_message is null || _message.Length < total)
        {
            var larger = ArrayPool<byte>.Shared.Rent(frame.IsFinal ? total : 2 * total);
            _message.AsSpan(0, _messageBytes).CopyTo(larger);
            if (_message is not null)
                ArrayPool<byte>.Shared.Return(_message);
            _message = larger;
        }

        frame.CopyTo(_message.AsSpan(_messageBytes, (int)frame.Payload.Length));
        _messageBytes = total;
    }

    private void Hand(Session session, ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
            throw new ProtocolViolationException("A message of no bytes: every envelope has at least an opcode.");
        if (!json)
            session.Receive(message);
        else if (Utf8.IsValid(message))
            session.ReceiveText(message);
        else
            throw new ProtocolViolationException("Text that is not UTF-8.", ProtocolViolationException.NotText);
    }

    private void Forget()
    {
        if (_message is not null)
            ArrayPool<byte>.Shared.Return(_message);
        (_message, _messageBytes) = (null, 0);
    }
}
