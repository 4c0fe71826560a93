using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Bots.Fuzz;

/// <summary>
/// One attacker: connection after connection, each with some hundred frames of all kinds, before and after a log-in. It
/// reads what is answered, and reports faults of the server's.
/// </summary>
internal sealed class Fuzzer(BotRun run, int index, FuzzPlan plan)
{
    private const int FramesAConnection = 400;

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Random _random = new(HashCode.Combine(run.Arguments.Seed, index));
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
                    run.Report.Fail($"Attacker {index} could not connect for {BotRun.Patience.TotalSeconds} s: {e.Message}");
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
        var reading = Read(link, end.Token);
        try
        {
            if (_random.Next(4) > 0)
                await LogIn(link, end.Token);
            for (var i = 0; i < FramesAConnection && !reading.IsCompleted && plan.Take() && run.MakesLoad; i++)
            {
                using var limit = new CancellationTokenSource(BotRun.Patience);
                await SendOne(link, limit.Token);
            }
        }
        finally
        {
            // What is on its way may still be answered.
            await Task.WhenAny(reading, Task.Delay(Pause));
            await end.CancelAsync();
            await reading;
        }
    }

    private async Task LogIn(FuzzLink link, CancellationToken cancellation)
    {
        _lastId = 1;
        var token = await plan.TokenOf(index);
        await link.Send(Envelope(link, 1, new LoginRequest { AccessToken = token }), cancellation);
        await Task.Delay(Pause, cancellation);
        if (plan.IsNew(index))
            await link.Send(Envelope(link, 2, new CreatePlayerRequest { Name = $"z{run.Nonce}_{index}" }), cancellation);
        _lastId = 2;
    }

    private async Task SendOne(FuzzLink link, CancellationToken cancellation)
    {
        var kind = _random.Next(100);
        run.Report.CountEvent(kind < 70 ? "fuzz_valid" : kind < 99 ? "fuzz_mutated" : "fuzz_broken");
        if (kind < 70)
            await link.Send(Valid(link), cancellation);
        else if (kind < 90)
            await link.Send(_content.Mutated(Valid(link)), cancellation);
        else if (kind < 98)
            await link.Send(_content.Bytes(_random.Next(1, _random.Next(50) == 0 ? 70_000 : 200)), cancellation);
        else
            await link.Break(_random, Valid(link), cancellation);
    }

    private byte[] Valid(FuzzLink link)
    {
        var op = _content.Op();
        var message = _content.Message(op.Request);
        return Envelope(link, _random.Next(10) == 0 ? 0 : ++_lastId, message, op.Op);
    }

    private byte[] Envelope(FuzzLink link, uint id, IMessage message, uint? op = null)
    {
        op ??= Opcodes.Of(message.Descriptor).Op;
        if (!link.IsText)
        {
            return new ClientEnvelope
            {
                Id = id,
                Op = op.Value,
                Body = message.ToByteString(),
                Ack = _random.Next(10) == 0 ? (ulong)_random.NextInt64() : 0,
            }.ToByteArray();
        }

        var json = new JsonObject { ["id"] = id, ["op"] = op, ["body"] = JsonNode.Parse(Json.Format(message)) };
        if (_random.Next(5) == 0)
            json["unknown"] = new JsonArray(_content.Text(), 5, null);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private async Task Read(FuzzLink link, CancellationToken cancellation)
    {
        try
        {
            while (await link.Receive(cancellation) is { } answer)
                Judge(answer);
        }
        catch (Exception e) when (e is FrameException or InvalidProtocolBufferException or System.Text.Json.JsonException)
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
        run.Report.CountEvent("fuzz_answers");
        run.Report.CountEvent($"fuzz_{answer.Error}");
        if (answer.Error == GameError.Internal)
            run.Report.Fail($"A request of op {answer.Op} was answered Internal, fault {answer.FaultId:x16}.");
    }
}
