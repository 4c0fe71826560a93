namespace GameBackend.Game.Tests;

public sealed class FriendRulesTests
{
    private long _now = 1_000_000;

    private readonly SocialRecord _ann = new();
    private readonly SocialRecord _bob = new();

    [Fact]
    public void A_request_that_is_accepted_makes_friends()
    {
        Assert.Equal(GameError.Ok, Request(_ann, 1, 2));
        Assert.Equal((FriendRelation.Asked, FriendRelation.None), Relations());
        TellAll();
        Assert.Equal((FriendRelation.Asked, FriendRelation.Asks), Relations());
        Assert.Equal(GameError.Ok, FriendRules.Answer(_bob, 1, true, ++_now));
        TellAll();
        Assert.Equal((FriendRelation.Friend, FriendRelation.Friend), Relations());
        Assert.Equal(GameError.FriendAlready, Request(_ann, 1, 2));
        Assert.Equal(GameError.FriendNoRequest, FriendRules.Answer(_bob, 1, true, ++_now));
    }

    [Fact]
    public void Requests_that_cross_make_friends()
    {
        Request(_ann, 1, 2);
        Request(_bob, 2, 1);
        TellAll();
        Assert.Equal((FriendRelation.Friend, FriendRelation.Friend), Relations());
    }

    [Fact]
    public void A_request_that_is_declined_can_be_made_again()
    {
        Request(_ann, 1, 2);
        TellAll();
        Assert.Equal(GameError.Ok, FriendRules.Answer(_bob, 1, false, ++_now));
        TellAll();
        Assert.Equal((FriendRelation.None, FriendRelation.None), Relations());
        Assert.Equal(GameError.Ok, Request(_ann, 1, 2));
        TellAll();
        Assert.Equal((FriendRelation.Asked, FriendRelation.Asks), Relations());
    }

    [Fact]
    public void An_acceptance_of_a_request_that_was_taken_back_comes_to_nothing()
    {
        Request(_ann, 1, 2);
        TellAll();
        FriendRules.Remove(_ann, 2, ++_now);
        FriendRules.Answer(_bob, 1, true, ++_now);
        // Nobody is told of a friendship before the other side has confirmed it.
        Assert.Equal((FriendRelation.None, FriendRelation.Asks), Relations());
        TellAll();
        Assert.Equal((FriendRelation.None, FriendRelation.None), Relations());
        Assert.DoesNotContain(_bob.Outbox, push =>
            FriendChanged.Parser.ParseFrom(push.Body).Entry.Relation == FriendRelation.Friend);
        Assert.Equal(GameError.Ok, Request(_ann, 1, 2));
        TellAll();
        Assert.Equal((FriendRelation.Asked, FriendRelation.Asks), Relations());
    }

    [Fact]
    public void An_acceptance_that_comes_first_makes_friends_whom_a_removal_parts()
    {
        Request(_ann, 1, 2);
        TellAll();
        FriendRules.Answer(_bob, 1, true, ++_now);
        Tell(_bob, 2, _ann, 1);
        Assert.Equal((FriendRelation.Friend, FriendRelation.Friend), Relations());
        Assert.Equal(GameError.Ok, FriendRules.Remove(_ann, 2, ++_now));
        TellAll();
        Assert.Equal((FriendRelation.None, FriendRelation.None), Relations());
    }

    [Fact]
    public void What_is_being_accepted_has_its_place_among_the_friends()
    {
        for (var i = 2; i < 1 + FriendRules.Limit; i++)
            Request(_bob, 200, i);
        FriendRules.Hear(_bob, 500, "x", new FriendWord { Version = 5, Wish = 5 }, _now);
        FriendRules.Hear(_bob, 501, "x", new FriendWord { Version = 5, Wish = 5 }, _now);
        Assert.Equal(GameError.Ok, FriendRules.Answer(_bob, 500, true, ++_now));
        Assert.Equal(GameError.FriendLimit, FriendRules.Answer(_bob, 501, true, ++_now));
        // The same once more.
        Assert.Equal(GameError.Ok, FriendRules.Answer(_bob, 500, true, ++_now));
    }

    [Fact]
    public void Who_is_blocked_is_no_friend_and_is_turned_down()
    {
        Request(_ann, 1, 2);
        Request(_bob, 2, 1);
        TellAll();
        Assert.Equal(GameError.Ok, FriendRules.Block(_ann, 1, 2, "bob", ++_now));
        TellAll();
        Assert.Equal((FriendRelation.None, FriendRelation.None), Relations());
        Request(_bob, 2, 1);
        TellAll();
        Assert.Equal((FriendRelation.None, FriendRelation.None), Relations());
        Assert.Equal(GameError.FriendBlocked, Request(_ann, 1, 2));
        FriendRules.Unblock(_ann, 2);
        Request(_bob, 2, 1);
        TellAll();
        Assert.Equal((FriendRelation.Asks, FriendRelation.Asked), Relations());
    }

    [Fact]
    public void Lists_are_bounded()
    {
        for (var i = 2; i < 2 + FriendRules.Limit; i++)
            Assert.Equal(GameError.Ok, Request(_ann, 1, i));
        Assert.Equal(GameError.FriendLimit, Request(_ann, 1, 999));
        for (var i = 2; i < 500; i++)
        {
            FriendRules.Hear(_bob, i, "x", new FriendWord { Version = 5, Wish = 5 }, _now);
            FriendRules.Block(_bob, 1, i, "x", _now);
            FriendRules.Meet(_bob, i, "x", _now);
        }

        Assert.True(_bob.Edges.Count(edge => FriendRules.Relation(edge) == FriendRelation.Asks) <= FriendRules.Limit);
        Assert.Equal((FriendRules.Limit, 30), (_bob.Blocked.Count, _bob.Met.Count));
        Assert.Equal(GameError.BlockLimit, FriendRules.Block(_bob, 1, 999, "x", _now));
    }

    [Fact]
    public void A_status_text_is_bounded()
    {
        Assert.Equal(GameError.TextTooLong, FriendRules.SetStatus(_ann, new string('x', 81)));
        Assert.Equal(GameError.InvalidArgument, FriendRules.SetStatus(_ann, "\n"));
        Assert.Equal(GameError.Ok, FriendRules.SetStatus(_ann, "busy"));
    }

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 200).Select(seed => new object[] { seed });

    /// <summary>
    /// Words are lost, repeated, and come late in any order; in the end each side is told the newest.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Both_sides_agree_in_the_end_whatever_happens_to_the_words(int seed)
    {
        var random = new Random(seed);
        var underWay = new List<(SocialRecord To, long From, FriendWord Word)>();
        var answers = new List<(SocialRecord To, long From, ulong Told, FriendWord Word)>();
        for (var step = 0; step < 200; step++)
        {
            _now += random.Next(3) - 1;
            Act(random.Next(2) == 0);
            if (random.Next(2) == 0 && underWay.Count > 0)
            {
                var (to, from, word) = underWay[random.Next(underWay.Count)];
                FriendRules.Hear(to, from, "x", word, _now);
                if (FriendRules.Edge(to, from) is { } heard)
                    answers.Add((to == _ann ? _bob : _ann, to == _ann ? 1 : 2, word.Version, heard.Mine.Clone()));
            }

            if (random.Next(2) == 0 && answers.Count > 0)
            {
                var (to, from, told, word) = answers[random.Next(answers.Count)];
                FriendRules.Confirm(to, from, told, word, _now);
            }
        }

        TellAll();
        var (ann, bob) = Relations();
        Assert.Equal(ann, bob switch
        {
            FriendRelation.Asked => FriendRelation.Asks,
            FriendRelation.Asks => FriendRelation.Asked,
            _ => bob,
        });
        // What was told in one piece is what the record says.
        Assert.Equal(ann, LastTold(_ann));
        Assert.Equal(bob, LastTold(_bob));

        void Act(bool isAnn)
        {
            var (record, self, other) = isAnn ? (_ann, 1L, 2L) : (_bob, 2L, 1L);
            switch (random.Next(5))
            {
                case 0: Request(record, self, other); break;
                case 1: FriendRules.Answer(record, other, random.Next(2) == 0, _now); break;
                case 2: FriendRules.Remove(record, other, _now); break;
                case 3 when random.Next(3) == 0: FriendRules.Block(record, self, other, "x", _now); break;
                default: FriendRules.Unblock(record, other); break;
            }

            if (FriendRules.Edge(record, other) is { } edge)
                underWay.Add((isAnn ? _bob : _ann, self, edge.Mine.Clone()));
        }
    }

    private static FriendRelation LastTold(SocialRecord record) => record.Outbox.Count == 0
        ? FriendRelation.None
        : FriendChanged.Parser.ParseFrom(record.Outbox[^1].Body).Entry.Relation;

    private GameError Request(SocialRecord record, long self, long other) =>
        FriendRules.Request(record, self, other, "x", ++_now);

    private (FriendRelation, FriendRelation) Relations() =>
        (FriendRules.Relation(FriendRules.Edge(_ann, 2)), FriendRules.Relation(FriendRules.Edge(_bob, 1)));

    private void TellAll()
    {
        for (var round = 0; round < 3; round++)
        {
            Tell(_ann, 1, _bob, 2);
            Tell(_bob, 2, _ann, 1);
        }
    }

    private void Tell(SocialRecord from, long self, SocialRecord to, long other)
    {
        if (FriendRules.Edge(from, other) is { } edge && FriendRules.IsUntold(edge))
        {
            FriendRules.Hear(to, self, "x", edge.Mine, _now);
            FriendRules.Confirm(from, other, edge.Mine.Version, FriendRules.Edge(to, self)!.Mine, _now);
        }
    }
}
