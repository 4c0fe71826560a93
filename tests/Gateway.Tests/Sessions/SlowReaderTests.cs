using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A client that stops reading is cut, alone.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class SlowReaderTests(SharedBackend shared)
{
    private const int PushBytes = 50_000, Pushes = 1000;
    private readonly Backend _backend = shared.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Who_does_not_read_pushes_is_cut_and_the_others_get_all_of_theirs(Transport transport)
    {
        var account = await _backend.NewAccount();
        await using var slow = await account.Connect(transport, reads: false);
        await slow.Send(RawClient.Envelope(new LoginRequest { AccessToken = account.AccessToken }, 1));
        await using var well = await _backend.Play(transport);
        await Wait.Until(() => Find(account) is not null);
        var session = Find(account)!;

        var before = well.Pushes.Count;
        for (var i = 0; i < Pushes && Find(account) is not null; i++)
        {
            await Push(account);
            await Push(well.Account);
            await well.Next(envelope => envelope.Seq == 0 && envelope.Body.Length == PushBytes);
            before++;
        }

        await Wait.Until(() => !_backend.Registry.All.Contains(session));
        Assert.Equal(before, well.Pushes.Count);
        await well.Fetch();
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Who_reads_on_after_the_cut_finds_the_reason(Transport transport)
    {
        var account = await _backend.NewAccount();
        await using var slow = await account.Connect(transport, reads: false);
        await slow.Send(RawClient.Envelope(new LoginRequest { AccessToken = account.AccessToken }, 1));
        await Wait.Until(() => Find(account) is not null);
        var session = Find(account)!;
        while (session.State == Gateway.Sessions.SessionState.Open)
            await Push(account);

        slow.StartReading();
        Assert.Equal(GoodbyeReason.SlowReader, (await slow.Goodbye()).Reason);
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Who_asks_and_does_not_read_is_cut(Transport transport)
    {
        var account = await _backend.NewAccount();
        await using var slow = await account.Connect(transport, reads: false);
        await slow.Send(RawClient.Envelope(new LoginRequest { AccessToken = account.AccessToken }, 1));
        await Wait.Until(() => Find(account) is not null);
        var session = Find(account)!;
        var echo = new EchoRequest { Payload = ByteString.CopyFrom(new byte[PushBytes]) };
        try
        {
            for (uint id = 2; _backend.Registry.All.Contains(session); id++)
                await slow.Send(RawClient.Envelope(echo, id));
        }
        catch (Exception e) when (
            e is IOException or ObjectDisposedException or System.Net.WebSockets.WebSocketException)
        {
            // The gateway has closed the connection.
        }

        await Wait.Until(() => !_backend.Registry.All.Contains(session));
    }

    private Gateway.Sessions.Session? Find(Account account) => _backend.Registry.Find((long)account.PlayerId);

    private Task Push(Account account) => _backend.Grains.GetGrain<IMailboxGrain>((long)account.PlayerId)
        .PostTransient(Opcodes.OfPush<Note>().Op, new byte[PushBytes]);
}
