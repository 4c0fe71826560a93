using GameBackend.Grains.Interfaces;

namespace GameBackend.Gateway.Tests.Sessions;

/// <summary>A connection is lost, and the session goes on as if it had not been.</summary>
[Collection(SharedBackendTests.Name)]
public sealed class ResumeTests(SharedBackend shared)
{
    private readonly Backend _backend = shared.Backend;

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task Missed_pushes_come_in_order_then_recorded_answers_and_the_rest_is_asked_for(Transport transport)
    {
        await using var lost = await _backend.Play(transport);
        await using var friend = await _backend.Play(transport);
        var head = lost.LastSeq;
        var bought = await lost.Request(new BuyRequest { Item = "wood.oak", Count = 2 });
        await Reached(lost, head + 1);
        lost.Reset();
        await Send(friend, lost, "while you were away");

        await using var back = await lost.Account.Connect(transport);
        await back.Resume(lost, bought, 900, 901);
        Assert.True(back.Welcome.Resumed);
        Assert.Equal(lost.Welcome.SessionId, back.Welcome.SessionId);
        Assert.True(back.Welcome.Epoch > lost.Welcome.Epoch);
        Assert.Equal((head, head + 2), (back.Welcome.Seq, back.Welcome.HeadSeq));
        Assert.Equal([900u, 901u], back.Welcome.SendAgain);

        var changed = (await back.Next())!;
        Assert.Equal((head + 1, "shop.buy"), (changed.Seq, changed.Read<PlayerChanged>().Cause));
        var note = (await back.Next())!;
        Assert.Equal((head + 2, "while you were away"), (note.Seq, note.Read<Note>().Text));
        var answer = (await back.Next())!;
        Assert.Equal((bought, Opcodes.Of<BuyRequest>().Op, GameError.Ok), (answer.Id, answer.Op, answer.Error));
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_purchase_that_is_cut_anywhere_is_booked_once(Transport transport)
    {
        const int Rounds = 40;
        var random = new Random(1);
        var client = await _backend.Play(transport);
        var seqs = client.Pushes.Select(push => push.Seq).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            var id = await client.Request(new BuyRequest { Item = "ore.iron", Count = 1 });
            for (var spins = random.Next(3) * random.Next(20_000); spins > 0; spins--)
                Thread.SpinWait(10);
            client.Reset();

            var back = await client.Account.Connect(transport);
            back.Pushes.AddRange(client.Pushes);
            await back.Resume(client, id);
            if (back.Welcome.SendAgain.Contains(id))
                await back.Send(RawClient.Envelope(new BuyRequest { Item = "ore.iron", Count = 1 }, id));
            Assert.Equal(GameError.Ok, (await back.Answer(id)).Error);
            await client.DisposeAsync();
            client = back;
        }

        var view = await client.Fetch();
        Assert.Equal(Rounds, view.Bag.Slots.Where(slot => slot.Item == "ore.iron").Sum(slot => slot.Count));
        Assert.Equal(10_000 - 10 * Rounds, view.Wallet.Single(balance => balance.Currency == "gold").Amount);
        var ledger = await client.Ask<ReadLedgerRequest, ReadLedgerReply>(new ReadLedgerRequest { Count = 100 });
        Assert.Equal(Rounds, ledger.Entries.Count(entry => entry is { Reason: "shop.buy", Item: "" }));
        Assert.Equal(ledger.Entries.Count, ledger.Entries.Select(entry => entry.IdempotencyKey + entry.Currency)
            .Distinct().Count());
        Assert.Equal(
            Enumerable.Range(1, Rounds + 1).Select(seq => (ulong)seq), client.Pushes.Select(push => push.Seq)
                .Where(seq => seq != 0));
        await client.DisposeAsync();
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_resume_takes_over_from_a_connection_that_still_lives(Transport transport)
    {
        await using var old = await _backend.Play(transport);
        await using var now = await old.Account.Connect(transport);
        await now.Resume(old);
        Assert.Equal(GoodbyeReason.Replaced, (await old.Goodbye()).Reason);
        await now.Fetch();
    }

    [Theory, InlineData(Transport.Tcp), InlineData(Transport.WebSocket), InlineData(Transport.Kcp)]
    public async Task A_session_that_is_not_the_players_cannot_be_resumed(Transport transport)
    {
        await using var mine = await _backend.Play(transport);
        await using var others = await _backend.Play(transport);
        foreach (var sessionId in new[] { others.Welcome.SessionId, mine.Welcome.SessionId + 2, ulong.MaxValue })
        {
            var request = mine.ResumeRequest();
            request.SessionId = sessionId;
            await using var thief = await _backend.Connect(transport);
            Assert.Equal(GameError.SessionExpired, (await thief.Ask(request)).Error);
            Assert.Equal(GoodbyeReason.AuthenticationFailed, (await thief.Goodbye()).Reason);
        }

        await mine.Fetch();
        await others.Fetch();
    }

    [Fact]
    public async Task A_resume_of_no_session_or_with_too_many_ids_is_refused()
    {
        await using var client = await _backend.Play(Transport.Tcp);
        foreach (var bad in new[] { new ResumeRequest(),
            client.ResumeRequest([.. Enumerable.Range(1, 65).Select(id => (uint)id)]) })
        {
            bad.AccessToken = client.Account.AccessToken;
            await using var next = await _backend.Connect(Transport.Tcp);
            Assert.Equal(GameError.InvalidArgument, (await next.Ask(bad)).Error);
            Assert.Equal(GoodbyeReason.AuthenticationFailed, (await next.Goodbye()).Reason);
        }
    }

    [Fact]
    public async Task A_last_seq_that_never_was_does_not_hide_pushes_to_come()
    {
        await using var lost = await _backend.Play(Transport.Tcp);
        lost.Reset();
        var request = lost.ResumeRequest();
        request.LastSeq = 1_000_000;
        await using var back = await _backend.Connect(Transport.Tcp);
        // Past the ids of the session so far.
        while (back.NextId() < 100)
        {
        }

        var welcome = await back.Ask<ResumeRequest, Welcome>(request);
        Assert.Equal(welcome.HeadSeq, welcome.Seq);
        await back.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = "next" });
        Assert.Equal(welcome.Seq + 1, back.Pushes[^1].Seq);
    }

    private async Task Reached(RawClient client, ulong seq)
    {
        var mailbox = _backend.Grains.GetGrain<IMailboxGrain>((long)client.Account.PlayerId);
        await Wait.Until(() => mailbox.Read(seq, 1).Result.Length > 0);
    }

    private static Task<SendNoteReply> Send(RawClient from, RawClient to, string text) =>
        from.Ask<SendNoteRequest, SendNoteReply>(new SendNoteRequest { To = to.Account.PlayerId, Text = text });
}
