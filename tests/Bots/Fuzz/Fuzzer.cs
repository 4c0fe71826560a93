using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Bots.Fuzz;

/// <summary>
/// One attacker: connection after connection, each with up to a hundred frames of all kinds, before and after a log-in.
/// It reads what is answered, and reports faults of the server's.
/// </summary>
internal sealed class Fuzzer(BotRun run, int index, FuzzPlan plan)
{
    private const int FramesAConnection = 100;

    /// <summary>Fewer than a session may have without an answer.</summary>
    private const int Window = 16;

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Random _random = new(unchecked((run.Arguments.Seed * 1000) + index));
    private readonly ConcurrentDictionary<uint, uint> _unanswered = [];
    private bool _breaks;
    private FuzzContent _content = null!;
    private uint _lastId;
    private long _lastConnected = Environment.TickCount64;

    public async Task Run()
    {
        _content = new FuzzContent(_random, plan.Players);
        while (plan.FramesLeft > 0 && run.MakesLoad)
        {
            try
            {
                using var limit = new CancellationTokenSource(BotRun.Patience);
                await using var link = await Open(limit.Token);
                _lastConnected = Environment.TickCount64;
                run.Report.CountEvent("fuzz_connections");
                await Attack(link);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The server has ended it, or takes no more connections for a moment.
                if (Environment.TickCount64 - _lastConnected > BotRun.Patience.TotalMilliseconds)
                {
                    run.Report.Fail($"Attacker {index} cannot connect any more: {e.Message}");
                    return;
                }

                await Task.Delay(Pause);
            }
        }
    }

    private async Task<FuzzLink> Open(CancellationToken cancellation) => (index % 4) switch
    {
        0 => new FuzzTcp(await FuzzTcp.Open(plan.Tcp.Host, plan.Tcp.Port, cancellation)),
        1 => await FuzzWebSocket.Open(plan.WebSocket.Host, plan.WebSocket.Port, text: false, cancellation),
        2 => await FuzzWebSocket.Open(plan.WebSocket.Host, plan.WebSocket.Port, text: true, cancellation),
        _ => await FuzzKcp.Open(plan.Kcp, cancellation),
    };

    private async Task Attack(FuzzLink link)
    {
        using var end = new CancellationTokenSource();
        _unanswered.Clear();
        _lastId = 0;
        _breaks = _random.Next(5) > 0;
        var reading = Read(link, end.Token);
        try
        {
            if (_random.Next(4) > 0)
                await LogIn(link, reading);
            for (var i = 0; i < FramesAConnection && !reading.IsCompleted && plan.Take() && run.MakesLoad; i++)
            {
                using var limit = new CancellationTokenSource(BotRun.Patience);
                await SendOne(link, reading, limit.Token);
            }

            await Answered(reading, 0);
        }
        finally
        {
            await end.CancelAsync();
            await reading;
        }
    }

    private async Task LogIn(FuzzLink link, Task reading)
    {
        var token = await plan.TokenOf(index);
        using var limit = new CancellationTokenSource(BotRun.Patience);
        await Ask(link, new LoginRequest { AccessToken = token }, limit.Token);
        await Answered(reading, 0);
        await Ask(link, new CreatePlayerRequest { Name = $"z{run.Nonce}_{index}" }, limit.Token);
    }

    private async Task SendOne(FuzzLink link, Task reading, CancellationToken cancellation)
    {
        await Answered(reading, Window);
        var kind = _breaks ? _random.Next(100) : 0;
        run.Report.CountEvent(kind < 50 ? "fuzz_valid" : kind < 95 ? "fuzz_mutated" : "fuzz_broken");
        if (kind < 50)
        {
            await link.Send(Valid(link), cancellation);
            return;
        }

        if (kind >= 95)
        {
            // Whatever follows may be taken for the rest of it.
            await link.Break(_random, Valid(link), cancellation);
            _unanswered.Clear();
            await Task.WhenAny(reading, Task.Delay(Pause, cancellation));
            throw new IOException("The connection is of no use any more.");
        }

        await link.Send(kind < 75 ? _content.Mutated(Valid(link))
            : _content.Bytes(_random.Next(1, _random.Next(50) == 0 ? 70_000 : 200)), cancellation);
        // The frame before may have ended the connection; else this one is answered.
        _unanswered.Clear();
        await Ask(link, new TimeRequest(), cancellation);
        await Answered(reading, 0);
    }

    private Task Ask(FuzzLink link, IMessage request, CancellationToken cancellation)
    {
        var (id, op) = (++_lastId, Opcodes.Of(request.Descriptor).Op);
        _unanswered[id] = op;
        return link.Send(Envelope(link, id, request, op), cancellation);
    }

    /// <summary>Waits until only so many requests are without an answer, or the connection has ended.</summary>
    private async Task Answered(Task reading, int left)
    {
        var until = Environment.TickCount64 + (long)BotRun.Patience.TotalMilliseconds;
        while (_unanswered.Count > left && !reading.IsCompleted)
        {
            if (Environment.TickCount64 > until)
            {
                run.Report.Fail($"Requests of ops {string.Join(", ", _unanswered.Values)} were not answered.");
                throw new IOException("The connection does not answer.");
            }

            await Task.WhenAny(reading, Task.Delay(1));
        }
    }

    private byte[] Valid(FuzzLink link)
    {
        var op = _content.Op();
        var message = _content.Message(op.Request);
        var id = _random.Next(10) == 0 ? 0 : ++_lastId;
        var envelope = Envelope(link, id, message, op.Op);
        // One that is over the limit is a violation.
        if (id != 0 && envelope.Length <= FrameLimits.MaxFrameBytes)
            _unanswered[id] = op.Op;
        return envelope;
    }

    private byte[] Envelope(FuzzLink link, uint id, IMessage message, uint op)
    {
        if (!link.IsText)
        {
            return new ClientEnvelope
            {
                Id = id,
                Op = op,
                Body = Body(message),
                Ack = _random.Next(10) == 0 ? (ulong)_random.NextInt64() : 0,
            }.ToByteArray();
        }

        var json = new JsonObject { ["id"] = id, ["op"] = op, ["body"] = JsonNode.Parse(Json.Format(message)) };
        if (_random.Next(5) == 0)
            json["unknown"] = new JsonArray(_content.Text(), 5, null);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    /// <summary>Now and then one that does not parse.</summary>
    private ByteString Body(IMessage message)
    {
        var body = message.ToByteArray();
        return ByteString.CopyFrom(body.Length > 0 && _random.Next(10) == 0 ? _content.Mutated(body) : body);
    }

    private async Task Read(FuzzLink link, CancellationToken cancellation)
    {
        try
        {
            while (await link.Receive(cancellation) is { } answer)
                Judge(answer);
        }
        catch (Exception e) when (e is FrameException or InvalidProtocolBufferException
            or System.Text.Json.JsonException)
        {
            run.Report.Fail($"Attacker {index} was sent what is no envelope: {e}");
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException
            or ObjectDisposedException)
        {
            // A connection may end in the middle of anything.
        }
    }

    private void Judge(FuzzAnswer answer)
    {
        if (answer.Id == 0 && answer.Op == Opcodes.OfPush<Goodbye>().Op)
            run.Report.CountEvent("fuzz_goodbyes");
        if (answer.Id == 0)
            return;
        _unanswered.TryRemove(answer.Id, out _);
        run.Report.CountEvent("fuzz_answers");
        run.Report.CountEvent($"fuzz_{answer.Error}");
        if (answer.Error == GameError.Internal)
            run.Report.Fail($"A request of op {answer.Op} was answered Internal, fault {answer.FaultId:x16}.");
    }
}
