using System.Threading.Channels;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.TestKit.Wire;

public enum Transport
{
    Tcp,
    WebSocket,
    Kcp,
}

/// <summary>
/// A client made of a socket and the generated classes alone, that does what it is told and nothing by itself: no
/// heartbeats, no acknowledgements.
/// </summary>
public abstract class RawClient : IAsyncDisposable
{
    private readonly Channel<ServerEnvelope> _arrived = Channel.CreateUnbounded<ServerEnvelope>();
    private uint _lastId;

    /// <summary>Sees each envelope as it comes off the socket, before anybody asks for it.</summary>
    public event Action<ServerEnvelope> Arrived = _ => { };

    /// <summary>The pushes that came, in order.</summary>
    public List<ServerEnvelope> Pushes { get; } = [];

    /// <summary>The ids of the answers that came, in order.</summary>
    public List<uint> Answers { get; } = [];

    public Welcome Welcome { get; private set; } = new();

    public Account Account { get; private set; } = null!;

    /// <summary>The sequence of the last push that has one.</summary>
    public ulong LastSeq => Pushes.LastOrDefault(push => push.Seq != 0)?.Seq ?? Welcome.Seq;

    public static async Task<RawClient> Connect(IGateway gateway, Transport transport, bool reads = true)
    {
        RawClient client = transport switch
        {
            Transport.Tcp => await TcpRawClient.Open(gateway),
            Transport.WebSocket => await WebSocketRawClient.Open(gateway),
            _ => await KcpRawClient.Open(gateway),
        };
        if (reads)
            client.StartReading();
        return client;
    }

    public uint NextId() => ++_lastId;

    /// <summary>Sends envelopes, in one write where the transport can.</summary>
    public abstract Task Send(params ClientEnvelope[] envelopes);

    /// <summary>Sends one frame with these bytes as its envelope.</summary>
    public abstract Task SendFrame(ReadOnlyMemory<byte> envelope);

    /// <summary>Cuts the connection off without a word.</summary>
    public abstract void Reset();

    public abstract ValueTask DisposeAsync();

    public void StartReading() => _ = Task.Run(async () =>
    {
        try
        {
            while (await Read() is { } envelope)
            {
                Arrived(envelope);
                _arrived.Writer.TryWrite(envelope);
            }

            _arrived.Writer.TryComplete();
        }
        catch (Exception e)
        {
            _arrived.Writer.TryComplete(e);
        }
    });

    /// <summary>A push that has come, or comes.</summary>
    public async Task<T> Told<T>()
        where T : IMessage<T>, new()
    {
        var op = Opcodes.OfPush<T>().Op;
        ServerEnvelope? told;
        while ((told = Pushes.Find(push => push.Op == op)) is null)
            Assert.NotNull(await Next());
        return told.Read<T>();
    }

    /// <summary>The next envelope. Null if the server has ended the connection in good order.</summary>
    public async Task<ServerEnvelope?> Next()
    {
        if (!await _arrived.Reader.WaitToReadAsync().AsTask().Within() || !_arrived.Reader.TryRead(out var envelope))
            return null;
        if (envelope.Id == 0)
            Pushes.Add(envelope);
        else
            Answers.Add(envelope.Id);
        return envelope;
    }

    /// <summary>Reads on until an envelope fits.</summary>
    public async Task<ServerEnvelope> Next(Predicate<ServerEnvelope> fits)
    {
        while (true)
        {
            var envelope = await Next()
                ?? throw new EndOfStreamException("The connection has ended before what was awaited.");
            if (fits(envelope))
                return envelope;
        }
    }

    public Task<ServerEnvelope> Answer(uint id) => Next(envelope => envelope.Id == id);

    public async Task<uint> Request<TRequest>(TRequest request)
        where TRequest : IMessage<TRequest>
    {
        var envelope = Envelope(request, NextId());
        await Send(envelope);
        return envelope.Id;
    }

    /// <summary>Sends a request and reads on until its answer.</summary>
    public async Task<ServerEnvelope> Ask<TRequest>(TRequest request)
        where TRequest : IMessage<TRequest> => await Answer(await Request(request));

    public async Task<TReply> Ask<TRequest, TReply>(TRequest request)
        where TRequest : IMessage<TRequest>
        where TReply : IMessage<TReply>, new()
    {
        var answer = await Ask(request);
        Assert.Equal(GameError.Ok, answer.Error);
        return answer.Read<TReply>();
    }

    public Task<PlayerView> Fetch() => Ask<FetchPlayerRequest, PlayerView>(new FetchPlayerRequest());

    public Task LogIn(Account account) => Welcomed(account, new LoginRequest { AccessToken = account.AccessToken });

    public Task Resume(RawClient former, params uint[] unanswered)
    {
        _lastId = Math.Max(_lastId, former._lastId);
        return Welcomed(former.Account, former.ResumeRequest(unanswered));
    }

    public ResumeRequest ResumeRequest(params uint[] unanswered) => new()
    {
        AccessToken = Account.AccessToken,
        SessionId = Welcome.SessionId,
        LastSeq = LastSeq,
        Unanswered = { unanswered },
    };

    /// <summary>Creates the player, with a name that nobody else has.</summary>
    public Task<CreatePlayerReply> Create() => Ask<CreatePlayerRequest, CreatePlayerReply>(
        new CreatePlayerRequest { Name = $"p{Account.PlayerId % 1_000_000_000_000:x}" });

    /// <summary>Reads on until the server says goodbye and ends the connection.</summary>
    public async Task<Goodbye> Goodbye()
    {
        var goodbye = await Next(envelope => envelope.Id == 0 && envelope.Op == Opcodes.OfPush<Goodbye>().Op);
        Assert.Null(await Next());
        return goodbye.Read<Goodbye>();
    }

    /// <summary>Reads on until the connection ends, in whatever way.</summary>
    public async Task Ended()
    {
        try
        {
            while (await Next() is not null)
            {
            }
        }
        catch (Exception e) when (e is not TimeoutException)
        {
        }
    }

    /// <summary>The next envelope off the socket; null at its end.</summary>
    protected abstract Task<ServerEnvelope?> Read();

    public static ClientEnvelope Envelope<TRequest>(TRequest request, uint id)
        where TRequest : IMessage<TRequest> =>
        new() { Id = id, Op = Opcodes.Of<TRequest>().Op, Body = request.ToByteString() };

    private async Task Welcomed<TRequest>(Account account, TRequest request)
        where TRequest : IMessage<TRequest>
    {
        Account = account;
        Welcome = await Ask<TRequest, Welcome>(request);
    }
}

public static class EnvelopeReading
{
    public static T Read<T>(this ServerEnvelope envelope)
        where T : IMessage<T>, new() => new MessageParser<T>(() => new T()).ParseFrom(envelope.Body);
}
