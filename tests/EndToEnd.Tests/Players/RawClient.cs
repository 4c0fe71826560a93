using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GameBackend.Client.Transports;
using GameBackend.EndToEnd.Tests.Processes;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.EndToEnd.Tests.Players;

/// <summary>A connection without any of the client's wits: it shows each answer as it comes.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<Answer>> _waiting = [];
    private readonly ConcurrentDictionary<uint, long> _sentAt = [];
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TcpTransport _transport;
    private readonly Task _reading;
    private uint _lastId;
    private int _strayAnswers;

    private RawClient(NetworkStream stream)
    {
        _transport = new TcpTransport(stream);
        _reading = Read();
    }

    /// <summary>Answers to nothing that was asked, or second ones.</summary>
    public int StrayAnswers => Volatile.Read(ref _strayAnswers);

    public static async Task<RawClient> LogIn(Node gateway, string token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, gateway.TcpPort);
        var client = new RawClient(new NetworkStream(socket, ownsSocket: true));
        var answer = await client.Ask(new LoginRequest { AccessToken = token });
        Assert.Equal(GameError.Ok, answer.Error);
        return client;
    }

    public uint NextId() => ++_lastId;

    /// <summary>Sends a request and waits for its one answer, whatever that is.</summary>
    public Task<Answer> Ask<TRequest>(TRequest request) where TRequest : IMessage<TRequest> => Ask(NextId(), request);

    /// <summary>Sends a request under an id of the caller's.</summary>
    public async Task<Answer> Ask<TRequest>(uint id, TRequest request) where TRequest : IMessage<TRequest>
    {
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(_waiting.TryAdd(id, answer));
        _sentAt[id] = Stopwatch.GetTimestamp();
        var envelope = new ClientEnvelope { Id = id, Op = Opcodes.Of<TRequest>().Op, Body = request.ToByteString() };
        await _sending.WaitAsync();
        try
        {
            await _transport.Send(envelope.ToByteArray(), more: false, default);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task;
    }

    /// <summary>A request that has to succeed.</summary>
    public async Task<TReply> Read<TRequest, TReply>(TRequest request)
        where TRequest : IMessage<TRequest>
        where TReply : IMessage<TReply>, new()
    {
        var answer = await Ask(request);
        Assert.Equal(GameError.Ok, answer.Error);
        var reply = new TReply();
        reply.MergeFrom(answer.Body);
        return reply;
    }

    public async ValueTask DisposeAsync()
    {
        _transport.Abort();
        await _reading;
        _sending.Dispose();
    }

    private async Task Read()
    {
        try
        {
            while (await _transport.Receive(default) is { } bytes)
                Take(ServerEnvelope.Parser.ParseFrom(bytes.Span));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The connection is over, and whoever waits is told below.
        }

        foreach (var waiting in _waiting.Values)
            waiting.TrySetException(new IOException("The connection has ended before the answer."));
    }

    private void Take(ServerEnvelope envelope)
    {
        if (envelope.Id == 0)
            return;
        if (_waiting.TryRemove(envelope.Id, out var waiting))
            waiting.SetResult(
                new Answer(envelope.Error, envelope.Body, Stopwatch.GetElapsedTime(_sentAt[envelope.Id])));
        else
            Interlocked.Increment(ref _strayAnswers);
    }
}

/// <param name="Took">From the request to this answer.</param>
internal sealed record Answer(GameError Error, ByteString Body, TimeSpan Took);
