using GameBackend.Gateway.Sessions;

namespace GameBackend.Gateway.Tests.Sessions;

public sealed class RequestIdsTests
{
    private const uint Op = 206;

    private readonly RequestIds _ids = new();

    [Fact]
    public void A_larger_id_is_new_and_the_same_request_may_come_again()
    {
        Assert.True(Use(1));
        Assert.True(Use(7));
        Assert.True(Use(7));
        Assert.True(Use(1));
    }

    [Fact]
    public void An_id_is_for_one_op_and_one_body()
    {
        Assert.True(_ids.TryUse(7, Op, 1));
        Assert.False(_ids.TryUse(7, Op + 1, 1));
        Assert.False(_ids.TryUse(7, Op, 2));
        Assert.True(_ids.TryUse(7, Op, 1));
    }

    [Fact]
    public void What_the_record_knows_better_is_forgotten()
    {
        Assert.True(_ids.TryUse(7, Op, 1));
        _ids.Forget(7);
        Assert.True(_ids.TryUse(7, Op + 1, 2));
        Assert.False(_ids.TryUse(7, Op, 1));
    }

    [Fact]
    public void A_body_that_was_not_looked_at_is_known_when_it_comes_again()
    {
        Assert.True(_ids.TryUse(7, Op, 0));
        Assert.True(_ids.TryUse(7, Op, 1));
        Assert.False(_ids.TryUse(7, Op, 2));
        Assert.True(_ids.TryUse(7, Op, 0));
        Assert.False(_ids.TryUse(7, Op + 1, 0));
    }

    [Fact]
    public void A_smaller_id_that_was_never_used_is_refused()
    {
        Assert.True(Use(5));
        Assert.True(Use(9));
        Assert.All(new uint[] { 1, 4, 6, 8 }, id => Assert.False(Use(id)));
        Assert.True(Use(10));
    }

    [Fact]
    public void A_notification_has_no_id()
    {
        Assert.True(Use(0));
        Assert.True(_ids.TryUse(0, Op + 1, 2));
        Assert.False(_ids.IsUnclear(0));
    }

    [Fact]
    public void After_a_resume_the_unanswered_may_come_again_and_no_other_id_of_before()
    {
        Assert.True(Use(40));
        _ids.Resume([31, 35], 38);
        Assert.True(Use(31));
        Assert.True(Use(35));
        Assert.False(Use(33));
        Assert.False(Use(39));
        Assert.True(Use(41));
        Assert.True(_ids.IsUnclear(31));
    }

    [Fact]
    public void A_resume_under_a_small_id_opens_no_earlier_ids()
    {
        Assert.True(Use(1));
        _ids.Resume([], 38);
        Assert.False(Use(2));
        Assert.False(Use(38));
        Assert.True(Use(39));
    }

    [Fact]
    public void What_is_unclear_stays_so_until_it_is_clear()
    {
        _ids.End(3, isClear: false);
        Assert.True(_ids.IsUnclear(3));
        Assert.False(_ids.IsUnclear(4));
        _ids.End(3, isClear: true);
        Assert.False(_ids.IsUnclear(3));
    }

    [Fact]
    public void What_had_to_be_forgotten_counts_as_unclear()
    {
        for (var id = 1u; id <= 1000; id++)
            _ids.End(id, isClear: false);
        Assert.All(Enumerable.Range(1, 1000), id => Assert.True(_ids.IsUnclear((uint)id)));
        Assert.False(_ids.IsUnclear(1001));
    }

    /// <summary>Whatever a client that keeps the contract sends again is taken, in any order and at any time.</summary>
    [Fact]
    public void Nothing_that_keeps_the_contract_is_refused()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var (random, ids, used) = (new Random(seed), new RequestIds(), new List<uint>());
            var next = 0u;
            for (var step = 0; step < 1000; step++)
            {
                var isNew = used.Count == 0 || random.Next(3) > 0;
                if (isNew)
                    used.Add(next += (uint)random.Next(1, 4));
                var id = isNew ? next : used[^random.Next(1, Math.Min(used.Count, 32) + 1)];
                Assert.True(ids.TryUse(id, id + 1, id + 2), $"seed {seed}: {id} of {next}");
            }
        }
    }

    [Fact]
    public void The_hash_of_a_body_is_the_same_everywhere()
    {
        Assert.Equal(0xcbf29ce484222325, RequestIds.Hash([]));
        Assert.Equal(0x85944171f73967e8, RequestIds.Hash("foobar"u8));
    }

    private bool Use(uint id) => _ids.TryUse(id, Op, 1);
}
