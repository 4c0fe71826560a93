using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Reflection;
using System.Threading.Channels;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Sessions;
using GameBackend.Gateway.Transports;
using GameBackend.Grains.Interfaces;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>A session alone, between a socket and grains that do as the test says.</summary>
internal sealed class Rig
{
    private uint _lastId;

    public Rig(Action<RouteTable>? map = null, GatewayOptions? options = null)
    {
        options ??= new GatewayOptions { RequestBurst = 1_000_000 };
        var routes = new RouteTable();
        map?.Invoke(routes);
        Mailbox = new ScriptedMailbox();
        Socket = new ScriptedSocket(options.MaxQueuedBytes);
        Session = new Session(Socket, new Dispatcher(
            Grains.Of(Mailbox), routes, new GatewayMetrics(), Options.Create(options),
            NullLogger<Dispatcher>.Instance));
    }

    public Session Session { get; }

    public ScriptedSocket Socket { get; }

    public ScriptedMailbox Mailbox { get; }

    /// <summary>Logs in, with everything up to <paramref name="sentSeq"/> known to the client.</summary>
    public Rig Open(ulong sentSeq = 0, ulong epoch = 1, int maxBacklog = 1000)
    {
        Assert.True(Session.TryBeginAuthentication());
        var attached = new AttachResult(
            GameError.Ok, 1, epoch, true, default, [], [], new SessionLimits(TimeSpan.FromMinutes(1), maxBacklog));
        Assert.True(Session.Open(7, attached, sentSeq, 1, Opcodes.Of<LoginRequest>().Op, new Welcome()));
        return this;
    }

    public uint Request<TRequest>(TRequest request)
        where TRequest : IMessage<TRequest>
    {
        Send(request, ++_lastId);
        return _lastId;
    }

    /// <summary>Sends a request again.</summary>
    public void Repeat<TRequest>(TRequest request, uint id)
        where TRequest : IMessage<TRequest> => Send(request, id);

    public void Notify<TRequest>(TRequest request)
        where TRequest : IMessage<TRequest> => Send(request, 0);

    public void Acknowledge(ulong seq) => Session.Receive(new ClientEnvelope { Ack = seq }.ToByteArray());

    private void Send<TRequest>(TRequest request, uint id)
        where TRequest : IMessage<TRequest> => Session.Receive(RawClient.Envelope(request, id).ToByteArray());

    /// <summary>Answers <c>GetGrain</c> with the one grain there is, and with nothing for the rest.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "A proxy derives from it.")]
    private class Grains : DispatchProxy
    {
        private IMailboxGrain? _mailbox;

        public static IGrainFactory Of(IMailboxGrain mailbox)
        {
            var grains = Create<IGrainFactory, Grains>();
            ((Grains)(object)grains)._mailbox = mailbox;
            return grains;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.ReturnType == typeof(IMailboxGrain) ? _mailbox : null;
    }
}

/// <summary>A socket that collects what is sent, and takes it only while it is told to.</summary>
internal sealed class ScriptedSocket(int maxQueuedBytes) : ClientConnection(maxQueuedBytes)
{
    private readonly Channel<ServerEnvelope> _sent = Channel.CreateUnbounded<ServerEnvelope>();
    private TaskCompletionSource? _stuck;

    public int Writes { get; private set; }

    public TaskCompletionSource Finished { get; } = new();

    public TaskCompletionSource Dropped { get; } = new();

    public override string Transport => "scripted";

    public override EndPoint? Remote => null;

    /// <summary>From now on writes do not come to an end.</summary>
    public void StopReading() => _stuck ??= new TaskCompletionSource();

    public void ReadOn()
    {
        var stuck = _stuck;
        _stuck = null;
        stuck?.SetResult();
    }

    /// <summary>The next envelope that was sent.</summary>
    public async Task<ServerEnvelope> Next() => await _sent.Reader.ReadAsync().AsTask().Within();

    public bool TryNext(out ServerEnvelope? envelope) => _sent.Reader.TryRead(out envelope);

    public override Task ReceiveAsync(Session session) => throw new NotSupportedException();

    public override Task DiscardAsync() => throw new NotSupportedException();

    protected override void Drop()
    {
        Dropped.SetResult();
        _stuck?.TrySetException(new IOException("The socket was dropped."));
    }

    protected override int WriteHeader(Span<byte> target, int size) => Frames.WriteHeader(target, size);

    protected override async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        Writes++;
        if (_stuck is { } stuck)
            await stuck.Task;
        while (!frames.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(frames.Span);
            _sent.Writer.TryWrite(ServerEnvelope.Parser.ParseFrom(frames.Span.Slice(4, length)));
            frames = frames[(4 + length)..];
        }
    }

    protected override ValueTask FinishAsync()
    {
        Finished.SetResult();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A mailbox that is read and acknowledged, and nothing else.</summary>
internal sealed class ScriptedMailbox : IMailboxGrain
{
    public List<MailboxItem> Items { get; } = [];

    public List<ulong> Acks { get; } = [];

    public int Reads { get; private set; }

    /// <summary>What the next reads wait for.</summary>
    public Task Before { get; set; } = Task.CompletedTask;

    public static MailboxItem Item(ulong seq, int bytes = 8) => new(seq, Opcodes.OfPush<Note>().Op, new byte[bytes]);

    public async Task<MailboxItem[]> Read(ulong fromSeq, int max)
    {
        Reads++;
        await Before;
        return [.. Items.Where(item => item.Seq >= fromSeq).Take(max)];
    }

    public Task Ack(ulong epoch, ulong seq)
    {
        Acks.Add(seq);
        return Task.CompletedTask;
    }

    public Task<MailboxItem?> Post(string messageId, uint op, byte[] body, PostKind kind) =>
        throw new NotSupportedException();

    public Task<MailboxItem?> PostFrom(long sender, string messageId, uint op, byte[] body, PostKind kind) =>
        throw new NotSupportedException();

    public Task<bool> HasRoomFor(long sender, PostKind kind) => throw new NotSupportedException();

    public Task PostTransient(uint op, byte[] body) => throw new NotSupportedException();

    public Task<MailboxBounds> Attach(ulong epoch, string lane, ulong ack) => throw new NotSupportedException();

    public Task Detach(ulong epoch) => throw new NotSupportedException();

    public Task Close(ulong epoch, string lane, GoodbyeReason reason, string detail) =>
        throw new NotSupportedException();
}
