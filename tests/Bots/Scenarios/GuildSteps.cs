using System.Collections.Concurrent;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>What all bots of a run know of guilds.</summary>
internal sealed class GuildCircle
{
    /// <summary>Every guild that was founded, as far as its founder has heard.</summary>
    public ConcurrentDictionary<ulong, string> Founded { get; } = [];
}

/// <summary>
/// A bot's life in guilds: founds or joins one, donates, buys, leads, leaves. It keeps its view of the guild up to date
/// by what is pushed, and holds it against a fetch.
/// </summary>
internal sealed class GuildSteps
{
    private const long Fee = 1000;
    private const long Unit = 100;

    /// <summary>What others may have done meanwhile makes these a part of the game.</summary>
    private static readonly GameError[] Meanwhile =
    [
        GameError.NotInGuild, GameError.GuildNotFound, GameError.AlreadyInGuild, GameError.GuildFull,
        GameError.GuildForbidden, GameError.GuildMemberNotFound, GameError.GuildClosed, GameError.GuildBanned,
        GameError.GuildListFull, GameError.GuildRequestNotFound, GameError.GuildInviteNotFound,
        GameError.GuildLeaderMustStay, GameError.GuildPointsMissing, GameError.GuildOfferSoldOut,
        GameError.GuildNameTaken, GameError.GuildTagTaken, GameError.InsufficientFunds, GameError.BagFull,
    ];

    private readonly Lock _gate = new();
    private readonly Bot _bot;
    private readonly GuildCircle _circle;
    private GuildView? _view;
    private int _number;

    public GuildSteps(Bot bot, GuildCircle circle)
    {
        (_bot, _circle) = (bot, circle);
        bot.OnPush += push =>
        {
            if (push.Message is GuildChanged change)
                Fold(change);
        };
    }

    public Bot Bot => _bot;

    /// <summary>One thing that a player does.</summary>
    /// <param name="gold">What the player can spend.</param>
    public async Task Step(long gold)
    {
        if (await Fetch() is not { } guild)
            await FindOne(gold);
        else if (Mine(guild).Rank == GuildRank.Leader)
            await Lead(guild, gold);
        else
            await Belong(guild, gold);
    }

    /// <summary>Holds what was pushed against a fetch, once nobody changes the guild any more.</summary>
    public async Task Compare()
    {
        if (await Fetch() is not { } guild)
            return;
        if (!await BotRun.Until(() => Shown()?.Version >= guild.Version, BotRun.Patience))
        {
            _bot.Report.Lost($"{_bot.Name}: the guild is at {guild.Version}, what was pushed at {Shown()?.Version}.");
            return;
        }

        if (Shown() is { } shown && shown.Version == guild.Version && !Same(shown, guild))
            _bot.Report.Fail($"{_bot.Name}: the guild is {guild}, by what was pushed it is {shown}.");
        if (guild.Funds.Funds != guild.Funds.Given - guild.Funds.Spent)
            _bot.Report.Fail($"{_bot.Name}: the guild's funds are not what was given less what was spent.");
        if (guild.Members.Count(member => member.Rank == GuildRank.Leader) != 1)
            _bot.Report.Fail($"{_bot.Name}: the guild has not one leader.");
        if (guild.Members.Count > guild.Funds.Cap)
            _bot.Report.Fail($"{_bot.Name}: the guild has {guild.Members.Count} members for {guild.Funds.Cap} places.");
    }

    /// <summary>
    /// What all players have given, by their ledgers, is what all guilds have got; and each founding was paid for.
    /// </summary>
    public static async Task Audit(IReadOnlyList<GuildSteps> all)
    {
        var circle = all[0]._circle;
        var (given, fees) = (0L, 0L);
        foreach (var steps in all)
        {
            if (await LedgerAudit.ReadAll(steps._bot) is not { } ledger)
                return;
            given -= Sum(ledger, "guild.donate") + Sum(ledger, "guild.donate.back");
            fees -= Sum(ledger, "guild.create") + Sum(ledger, "guild.create.back");
        }

        var (bot, got, seen) = (all[0]._bot, 0L, new Dictionary<ulong, string>());
        foreach (var id in circle.Founded.Keys)
        {
            if (await bot.Get("guild", client => client.Guilds.Get(id)) is not { } guild)
                return;
            got += guild.Donated.Where(balance => balance.Currency == "gold").Sum(balance => balance.Amount);
            if (guild.DisbandedAtMs == 0 && !seen.TryAdd(id, guild.Name))
                bot.Report.Fail($"Guild {id} is there twice.");
        }

        if (given != got)
            bot.Report.Fail($"Players have given {given} gold to guilds, and guilds have got {got}.");
        if (fees != Fee * circle.Founded.Count)
            bot.Report.Fail($"{circle.Founded.Count} guilds were founded for {fees} gold.");
        foreach (var twice in seen.Values.GroupBy(name => name.ToUpperInvariant()).Where(names => names.Count() > 1))
            bot.Report.Fail($"{twice.Count()} guilds are called {twice.Key}.");

        static long Sum(List<LedgerEntry> ledger, string reason) =>
            ledger.Where(entry => entry.Reason == reason && entry.Currency == "gold").Sum(entry => entry.Amount);
    }

    /// <summary>Enters what all guilds have got, the disbanded ones too, as held.</summary>
    public static async Task AddFunds(MarketAudit audit, Bot bot, GuildCircle circle)
    {
        foreach (var id in circle.Founded.Keys)
        {
            if (await bot.Get("guild", client => client.Guilds.Get(id)) is not { } guild)
                return;
            foreach (var balance in guild.Donated)
                audit.AddHeld(balance.Currency, balance.Amount);
        }
    }

    private async Task FindOne(long gold)
    {
        if (gold >= Fee && _bot.Random.Next(_circle.Founded.IsEmpty ? 2 : 12) == 0)
        {
            await Found();
            return;
        }

        SearchGuildsReply? found = null;
        var query = new SearchGuildsRequest { FreePlaces = 1, Count = 10, Prefix = $"g{_bot.Run.Nonce}" };
        await _bot.Do("guild.search", async client => found = await client.Guilds.Search(query));
        if (found is { Guilds.Count: > 0 })
        {
            var guild = found.Guilds[_bot.Random.Next(found.Guilds.Count)].GuildId;
            await _bot.Do("guild.join", client => client.Guilds.Join(guild), Meanwhile);
        }
    }

    private async Task Found()
    {
        var tag = string.Concat(Enumerable.Range(0, 5).Select(_ => (char)('A' + _bot.Random.Next(26))));
        var mode = _bot.Random.Next(3) == 0 ? GuildJoinMode.Request : GuildJoinMode.Open;
        var name = $"g{_bot.Run.Nonce} {_bot.Index} {++_number}";
        CreateGuildReply? founded = null;
        await _bot.Do("guild.create", async c => founded = await c.Guilds.Create(name, tag, mode), Meanwhile);
        if (founded is not null)
            _circle.Founded[founded.GuildId] = name;
    }

    private async Task Belong(GuildView guild, long gold)
    {
        switch (_bot.Random.Next(10))
        {
            case 0:
                await _bot.Do("guild.leave", client => client.Guilds.Leave(guild.GuildId), Meanwhile);
                break;
            case 1 or 2 or 3 when gold >= 3 * Unit:
                await Donate();
                break;
            case 4:
                await _bot.Do("guild.buy", client => client.Guilds.Buy("berries"), Meanwhile);
                break;
            case 5:
                await _bot.Do("guild.log", client => client.Guilds.ReadLog(), Meanwhile);
                break;
            case 6:
                await _bot.Do("guild.shop", client => client.Guilds.FetchShop(), Meanwhile);
                break;
            default:
                // What a plain member may not do.
                var notice = new ConfigureGuildRequest { Notice = "mine" };
                if (Mine(guild).Rank == GuildRank.Member)
                    await _bot.Do("guild.configure", client => client.Guilds.Configure(notice), Meanwhile);
                break;
        }
    }

    private async Task Lead(GuildView guild, long gold)
    {
        var other = guild.Members[_bot.Random.Next(guild.Members.Count)];
        var isOther = other.PlayerId != _bot.PlayerId;
        switch (_bot.Random.Next(12))
        {
            case 0 when isOther:
                await _bot.Do("guild.kick", client => client.Guilds.Kick(other.PlayerId), Meanwhile);
                break;
            case 1 when isOther:
                await _bot.Do("guild.transfer", client => client.Guilds.Transfer(other.PlayerId), Meanwhile);
                break;
            case 2 or 3 when isOther:
                var rank = (GuildRank)_bot.Random.Next(1, 4);
                await _bot.Do("guild.rank", client => client.Guilds.SetRank(other.PlayerId, rank), Meanwhile);
                break;
            case 4 when gold >= 3 * Unit:
                await Donate();
                break;
            case 5 when guild.Members.Count == 1 && _bot.Random.Next(4) == 0:
                await _bot.Do("guild.disband", client => client.Guilds.Disband(guild.GuildId), Meanwhile);
                break;
            case 6:
                var text = new ConfigureGuildRequest { MessageOfTheDay = $"{_bot.Name} {++_number}" };
                await _bot.Do("guild.configure", client => client.Guilds.Configure(text), Meanwhile);
                break;
            default:
                await Admit();
                break;
        }
    }

    private async Task Admit()
    {
        GuildApplications? open = null;
        await _bot.Do("guild.applications", async c => open = await c.Guilds.ListApplications(), Meanwhile);
        foreach (var request in open?.Requests.Take(2) ?? [])
            await _bot.Do("guild.approve", client => client.Guilds.Approve(request.PlayerId), Meanwhile);
    }

    private Task Donate()
    {
        var amount = Unit * _bot.Random.Next(1, 4);
        return _bot.Do("guild.donate", client => client.Guilds.Donate("gold", amount), Meanwhile);
    }

    private async Task<GuildView?> Fetch()
    {
        GuildView? view = null;
        await _bot.Do("guild.fetch", async client => view = await client.Guilds.Fetch(), GameError.NotInGuild);
        lock (_gate)
        {
            // A fetch sets the base; it may be older than what was pushed meanwhile.
            if (view is null || _view is null || view.GuildId != _view.GuildId || view.Version > _view.Version)
                _view = view?.Clone();
        }

        return view;
    }

    private GuildMember Mine(GuildView guild) => guild.Members.First(member => member.PlayerId == _bot.PlayerId);

    private GuildView? Shown()
    {
        lock (_gate)
            return _view?.Clone();
    }

    private void Fold(GuildChanged change)
    {
        lock (_gate)
        {
            if (_view is null || change.GuildId != _view.GuildId || change.Version != _view.Version + 1)
                return;
            _view.Version = change.Version;
            _view.Profile = change.Profile ?? _view.Profile;
            _view.Funds = change.Funds ?? _view.Funds;
            if (change.HasRequests)
                _view.Requests = change.Requests;
            foreach (var gone in change.MembersGone)
                Remove(gone);
            foreach (var member in change.Members)
            {
                Remove(member.PlayerId);
                _view.Members.Add(member);
            }
        }
    }

    private void Remove(ulong player)
    {
        if (_view!.Members.FirstOrDefault(member => member.PlayerId == player) is { } known)
            _view.Members.Remove(known);
    }

    // Requests expire without a change, and presence is told apart from it.
    private static bool Same(GuildView a, GuildView b) =>
        a.Profile.Equals(b.Profile) && a.Funds.Equals(b.Funds)
        && a.Members.Select(Plain).OrderBy(member => member.PlayerId)
            .SequenceEqual(b.Members.Select(Plain).OrderBy(member => member.PlayerId));

    private static GuildMember Plain(GuildMember member) =>
        new(member) { Status = GuildMemberStatus.Offline, SinceMs = 0 };
}
