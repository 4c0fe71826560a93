namespace GameBackend.Game.Tests;

public sealed class LetterRulesTests
{
    private const long Owner = 7;

    [Fact]
    public void At_the_cap_the_oldest_that_was_read_and_is_empty_makes_room()
    {
        var box = new LetterBoxRecord();
        for (var i = 0; i < LetterLimits.Cap; i++) Arrive(box, gold: i == 0 ? 5 : 0, from: i);
        Assert.Equal(GameError.LetterBoxFull, LetterRules.Arrive(box, Letter(0), out _));
        foreach (var id in new ulong[] { 1, 3, 4 }) LetterRules.Read(box, id, out _);
        Assert.Equal(GameError.Ok, LetterRules.Arrive(box, Letter(0), out var evicted));
        Assert.Equal([3UL], evicted);
        Assert.NotNull(LetterRules.Find(box, 1));
        Assert.Equal(LetterLimits.Cap, box.Letters.Count);
    }

    [Fact]
    public void What_comes_back_or_did_not_fit_into_the_bag_comes_in_over_the_cap()
    {
        var box = new LetterBoxRecord();
        for (var i = 0; i < LetterLimits.Cap; i++) Arrive(box, from: i);
        var overflow = LetterRules.Unpack(new Transfer { Id = "t", Value = Gold(5), Reason = FlowRules.TradeIn }, 1);
        Assert.Equal(GameError.Ok, LetterRules.Arrive(box, overflow, out var evicted));
        Assert.Empty(evicted);
        Assert.Equal((LetterKind.Overflow, "trade.in", 0L),
            (overflow.Letter.Kind, overflow.Letter.Subject, overflow.Letter.ExpiresAtMs));
    }

    [Fact]
    public void An_operators_letter_comes_in_over_the_cap()
    {
        var box = new LetterBoxRecord();
        for (var i = 0; i < LetterLimits.Cap; i++) Arrive(box, from: i);
        Arrive(box, gold: 5, LetterKind.Operator);
        Arrive(box, gold: 0, LetterKind.Operator);
        Assert.Equal(LetterLimits.Cap + 2, box.Letters.Count);
        Assert.Equal(GameError.LetterBoxFull, LetterRules.Arrive(box, Letter(0, from: 1000), out _));
    }

    [Fact]
    public void Nobody_fills_a_box_with_letters_that_nobody_reads()
    {
        var box = new LetterBoxRecord();
        for (var i = 0; i < LetterLimits.UnreadOfSender; i++) Arrive(box, gold: i % 2);
        Assert.Equal(GameError.LetterBoxFull, LetterRules.Arrive(box, Letter(5), out _));
        Arrive(box, from: 4);
        Arrive(box, kind: LetterKind.Operator);
        Arrive(box, kind: LetterKind.Returned);
        LetterRules.Read(box, 1, out _);
        Arrive(box);
        Assert.Equal(GameError.LetterBoxFull, LetterRules.Arrive(box, Letter(0), out _));
    }

    [Fact]
    public void A_claim_keeps_the_letter_as_it_is_until_it_has_come_to_an_end()
    {
        var box = new LetterBoxRecord();
        Arrive(box, gold: 5);
        Assert.Equal(GameError.Ok, LetterRules.BeginClaim(box, Owner, 1, 0, out var claim));
        LetterRules.BeginClaim(box, Owner, 1, 0, out var again);
        Assert.Same(claim, again);
        Assert.Equal(GameError.LetterHasValue, LetterRules.Delete(box, 1));
        Assert.Empty(LetterRules.Sweep(box, Owner, long.MaxValue));

        LetterRules.Settle(box, claim!.Transfer.Id, GameError.BagFull, 0);
        Assert.False(box.Letters[0].Letter.Claiming || box.Letters[0].Letter.Claimed);
        LetterRules.BeginClaim(box, Owner, 1, 0, out var second);
        Assert.NotEqual(claim.Transfer.Id, second!.Transfer.Id);
        LetterRules.Settle(box, claim.Transfer.Id, GameError.Ok, 0);
        Assert.False(box.Letters[0].Letter.Claimed);
        LetterRules.Settle(box, second.Transfer.Id, GameError.Ok, 0);
        Assert.True(box.Letters[0].Letter.Claimed);
        Assert.Equal(GameError.LetterEmpty, LetterRules.BeginClaim(box, Owner, 1, 0, out _));
        Assert.Equal(GameError.Ok, LetterRules.Delete(box, 1));
    }

    [Fact]
    public void Letters_that_are_refused_are_not_in_the_way_of_others()
    {
        var box = new LetterBoxRecord();
        for (var i = 0; i < LetterLimits.ClaimedAtOnce + 3; i++) Arrive(box, gold: i + 1, from: 100 + i);
        var first = LetterRules.BeginClaims(box, Owner, 0);
        Assert.Equal(Ids(1, 50), first.Select(claim => claim.LetterId));
        Assert.Equal(first, LetterRules.BeginClaims(box, Owner, 0));
        foreach (var claim in first) LetterRules.Settle(box, claim.Transfer.Id, GameError.BagFull, 0);
        Assert.Equal(
            [51, 52, 53, .. Ids(1, 47)], LetterRules.BeginClaims(box, Owner, 0).Select(claim => claim.LetterId));

        static IEnumerable<ulong> Ids(int from, int count) => Enumerable.Range(from, count).Select(id => (ulong)id);
    }

    [Fact]
    public void What_is_too_much_for_a_bag_stays_in_several_letters_that_can_be_claimed()
    {
        var box = new LetterBoxRecord();
        var value = new Value
        {
            Currencies = { new Balance { Currency = "gold", Amount = 12_000 } },
            Items = { new ItemStack { Item = "sword", Count = 19 }, new ItemStack { Item = "herb", Count = 42 } },
            Pets = { Enumerable.Range(1, 5).Select(id => new Pet { Id = (ulong)id, Kind = "owl", Level = 1 }) },
        };
        LetterRules.Arrive(
            box, LetterRules.Unpack(new Transfer { Value = value, Reason = FlowRules.TradeIn }, 5), out _);
        var before = LetterRules.Held(box).ToMessages();
        var added = LetterRules.Divide(box, SmallCatalogue.Instance);

        Assert.Equal(box.Letters.Skip(1).Select(stored => stored.Letter), added);
        Assert.Equal(Enumerable.Range(1, 12).Select(id => (ulong)id), box.Letters.Select(stored => stored.Letter.Id));
        Assert.Equal(before, LetterRules.Held(box).ToMessages());
        Assert.All(box.Letters, stored =>
        {
            Assert.Equal(("trade.in", LetterKind.Overflow), (stored.Letter.Subject, stored.Letter.Kind));
            var player = TestPlayer.With();
            player.State.Wallet.Clear();
            player.State.Pets.Clear();
            player.Do((s, c, a) => ValueRules.Give(s, c, a, stored.Letter.Value, "letter"));
        });
        Assert.Empty(LetterRules.Divide(box, SmallCatalogue.Instance));
    }

    [Fact]
    public void A_letter_that_is_being_claimed_is_divided_only_afterwards()
    {
        var box = new LetterBoxRecord();
        LetterRules.Arrive(
            box, LetterRules.Unpack(new Transfer { Value = Gold(12_000), Reason = FlowRules.TradeIn }, 5), out _);
        LetterRules.BeginClaim(box, Owner, 1, 0, out var claim);
        Assert.Empty(LetterRules.Divide(box, SmallCatalogue.Instance));
        LetterRules.Settle(box, claim!.Transfer.Id, GameError.BalanceLimit, 0);
        Assert.Equal(2, LetterRules.Divide(box, SmallCatalogue.Instance).Count);
    }

    [Fact]
    public void An_expired_letter_goes_and_what_a_player_attached_goes_back()
    {
        var box = new LetterBoxRecord();
        Arrive(box, gold: 5);
        Arrive(box);
        Arrive(box, gold: 9, kind: LetterKind.Operator);
        Assert.Equal(box.Letters[0].Letter.ExpiresAtMs, LetterRules.NextSweepMs(box));
        Assert.Equal([1UL, 2UL, 3UL], LetterRules.Sweep(box, Owner, long.MaxValue));
        var back = Assert.Single(box.Outgoing);
        Assert.Equal((LetterRules.ReceiverType, 3L, Gold(5)), (back.Receiver, back.ReceiverKey, back.Transfer.Value));
        Assert.Equal(LetterKind.Returned, LetterRules.Unpack(back.Transfer, 0).Letter.Kind);
        Assert.Null(LetterRules.NextSweepMs(box));
    }

    [Fact]
    public void What_the_sender_does_not_take_back_stays()
    {
        var box = new LetterBoxRecord();
        Arrive(box, gold: 5);
        LetterRules.Sweep(box, Owner, long.MaxValue);
        LetterRules.Settle(box, box.Outgoing[0].Transfer.Id, GameError.PlayerMissing, 0);
        Assert.Empty(box.Outgoing);
        Assert.Equal((Gold(5), 0L), (box.Letters[0].Letter.Value, box.Letters[0].Letter.ExpiresAtMs));
    }

    [Fact]
    public void Pages_of_letters_read_all_newest_first()
    {
        var box = new LetterBoxRecord();
        for (var i = 0; i < 45; i++) Arrive(box, gold: i % 2, from: i);
        LetterRules.Read(box, 3, out _);
        var ids = new List<ulong>();
        var page = LetterRules.List(box, 0, 0);
        Assert.Equal((44u, 22u), (page.Unread, page.Unclaimed));
        for (; ; page = LetterRules.List(box, page.NextBeforeId, 0))
        {
            ids.AddRange(page.Letters.Select(letter => letter.Id));
            if (page.NextBeforeId == 0) break;
        }

        Assert.Equal(Enumerable.Range(1, 45).Select(id => (ulong)id).Reverse(), ids);
    }

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 60).Select(seed => new object[] { seed });

    /// <summary>What was sent lies in the box, was claimed, or is back with its sender: at every moment.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_commands_never_lose_or_double_what_is_attached(int seed)
    {
        var random = new Random(seed);
        var box = new LetterBoxRecord();
        long sent = 0, claimed = 0, returned = 0, now = 0;
        var taken = new Dictionary<string, GameError>();
        for (var step = 0; step < 600; step++)
        {
            now += random.Next(20) == 0 ? (long)TimeSpan.FromDays(5).TotalMilliseconds : 1000;
            var id = (ulong)random.NextInt64(1, (long)box.NextId + 2);
            switch (random.Next(9))
            {
                case 0 or 1 or 2:
                    var gold = random.Next(3) == 0 ? 0 : random.Next(1, 50);
                    if (LetterRules.Arrive(box, Letter(gold, now: now, from: 3 + step % 5), out _) == GameError.Ok) sent += gold;
                    break;
                case 3:
                    LetterRules.Read(box, id, out _);
                    break;
                case 4:
                    LetterRules.BeginClaim(box, Owner, id, now, out _);
                    break;
                case 5 when random.Next(6) == 0:
                    LetterRules.BeginClaims(box, Owner, now);
                    break;
                case 6:
                    if (random.Next(20) == 0) LetterRules.DeleteRead(box);
                    else LetterRules.Delete(box, id);
                    break;
                case 7:
                    LetterRules.Sweep(box, Owner, now);
                    break;
                default:
                    if (box.Outgoing.Count > 0) HandOver(box.Outgoing[random.Next(box.Outgoing.Count)]);
                    break;
            }

            // What is claimed and not settled is counted with the claimer.
            var underWay =
                box.Outgoing.Where(o => taken.GetValueOrDefault(o.Transfer.Id, GameError.Internal) == GameError.Ok)
                .Sum(o => o.Transfer.Value.Currencies[0].Amount);
            var held = LetterRules.Held(box).ToMessages().Sum(holding => holding.Amount);
            Assert.Equal(sent, claimed + returned + held - underWay);
            Assert.True(box.Letters.Count(letter => !LetterRules.MustKeep(letter.Letter)) <= LetterLimits.Cap);
            if (random.Next(10) == 0) box = LetterBoxRecord.Parser.ParseFrom(box.ToByteArray());
        }

        Assert.True(claimed + returned > 0);

        void HandOver(OutgoingTransfer outgoing)
        {
            var transfer = outgoing.Transfer;
            if (!taken.TryGetValue(transfer.Id, out var error))
            {
                error = taken[transfer.Id] = random.Next(4) == 0 ? GameError.BagFull : GameError.Ok;
                if (error == GameError.Ok
                    && outgoing.Receiver.Length == 0) claimed += transfer.Value.Currencies[0].Amount;
                if (error == GameError.Ok
                    && outgoing.Receiver.Length > 0) returned += transfer.Value.Currencies[0].Amount;
            }

            if (random.Next(3) > 0) LetterRules.Settle(box, transfer.Id, error, now);
        }
    }

    private static void Arrive(
        LetterBoxRecord box, long gold = 0, LetterKind kind = LetterKind.Player, long from = 3) =>
        Assert.Equal(GameError.Ok, LetterRules.Arrive(box, Letter(gold, kind, from: from), out _));

    private static StoredLetter Letter(
        long gold, LetterKind kind = LetterKind.Player, long now = 0, long from = 3) =>
        LetterRules.Unpack(
        new Transfer
        {
            Id = "t",
            From = from,
            Value = gold > 0 ? Gold(gold) : null,
            Reason = kind == LetterKind.Player ? FlowRules.LetterSent : LetterRules.Gift,
            Details = new LetterDetails { Kind = kind, Subject = "s", Text = "t" }.ToByteString(),
        },
        now);

    private static Value Gold(long amount) =>
        new() { Currencies = { new Balance { Currency = "gold", Amount = amount } } };
}
