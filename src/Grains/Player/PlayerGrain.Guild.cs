using System.Security.Cryptography;
using GameBackend.Game;
using Google.Protobuf;

namespace GameBackend.Grains.Player;

/// <summary>The player and guilds. The guild decides; this is the fence before it.</summary>
public sealed partial class PlayerGrain
{
    private static readonly uint InviteToGuildOp = Opcodes.Of<InviteToGuildRequest>().Op;
    private static readonly uint ConfigureGuildOp = Opcodes.Of<ConfigureGuildRequest>().Op;

    public async Task<Outcome> CreateGuild(Caller caller, byte[] request)
    {
        if (Admit(caller) is { } refused)
            return refused;
        var wish = ClientInput.Parse<CreateGuildRequest>(request);
        var founding = new GuildFounding
        {
            Name = wish.Name,
            Tag = wish.Tag,
            JoinMode = wish.JoinMode,
            Emblem = wish.Emblem,
        };
        // A fee that is under way already must not be refused for what it has brought about.
        if (FindTransfer(caller) is null)
        {
            var error = await Review(founding);
            if (error == GameError.Ok && (await Membership.Get()).Guild != 0)
                error = GameError.AlreadyInGuild;
            if (error != GameError.Ok)
                return await Refuse(caller, Outcome.Refused(error));
        }

        var fee = catalogue.Guild.Fee;
        return await Send<CreateGuildRequest>(
            caller, Amount(fee.Currency, fee.Amount), "guild.create", ValueReceivers.Guild, NewGuildId(),
            Gift(new GuildGift { Founding = founding }));
    }

    public async Task<Outcome> DonateToGuild(Caller caller, string currency, long amount)
    {
        if (Admit(caller) is { } refused)
            return refused;
        var guild = 0L;
        if (FindTransfer(caller) is null)
        {
            var error = GuildRules.ValidateDonation(catalogue.Guild, currency, amount);
            if (error == GameError.Ok && (guild = (await Membership.Get()).Guild) == 0)
                error = GameError.NotInGuild;
            if (error != GameError.Ok)
                return await Refuse(caller, Outcome.Refused(error));
        }

        return await Send<DonateToGuildRequest>(
            caller, Amount(currency, amount), "guild.donate", ValueReceivers.Guild, guild,
            Gift(new GuildGift { Donation = true }));
    }

    public async Task<Outcome> OrderGuild(Caller caller, uint op, byte[] request, long target)
    {
        if (op != ConfigureGuildOp)
            return await OrderReviewed(caller, op, request, target);
        var wish = ClientInput.Parse<ConfigureGuildRequest>(request);
        return await Write(
            caller,
            [
                new Writing(wish.MessageOfTheDay, GuildRules.TextLimit, Lines: true),
                new Writing(wish.Notice, GuildRules.TextLimit, Lines: true),
                new Writing(wish.Emblem, GuildRules.EmblemLimit),
            ],
            shown =>
            {
                if (wish.HasMessageOfTheDay)
                    wish.MessageOfTheDay = shown[0];
                if (wish.HasNotice)
                    wish.Notice = shown[1];
                if (wish.HasEmblem)
                    wish.Emblem = shown[2];
                return OrderReviewed(caller, op, wish.ToByteArray(), target);
            });
    }

    private async Task<Outcome> OrderReviewed(Caller caller, uint op, byte[] request, long target)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var guild = (await Membership.Get()).Guild;
        if (guild == 0)
            return Outcome.Refused(GameError.NotInGuild);
        GuildPerson? person = null;
        if (target != 0 && (person = await PersonOf(target)) is null)
            return Outcome.Refused(GameError.PlayerNotFound);
        if (op == InviteToGuildOp
            && (await GrainFactory.GetGrain<ISocialGrain>(target).Blocked()).Contains(PlayerId))
            return Outcome.Refused(GameError.FriendBlocked);
        return await Relay(caller, key => Guild(guild).Order(GuildActor(key), op, request, person));
    }

    /// <summary>The texts of a guild to be; the emblem as others may see it.</summary>
    private async Task<GameError> Review(GuildFounding founding)
    {
        var error = GuildRules.Validate(founding);
        if (error == GameError.Ok)
            error = await ReviewName(founding.Name, GameError.GuildNameInvalid);
        if (error == GameError.Ok)
            error = await ReviewName(founding.Tag, GameError.GuildTagInvalid);
        if (error != GameError.Ok)
            return error;
        (error, var shown) = await Review([new(founding.Emblem, GuildRules.EmblemLimit)], IsMuted);
        if (error == GameError.Ok)
            founding.Emblem = shown[0];
        return error;
    }

    public Task<Outcome> OrderNamedGuild(Caller caller, long guild, uint op, byte[] request) => Relay(
        caller,
        key => guild == 0
            ? Task.FromResult(Outcome.Refused(GameError.GuildNotFound))
            : Guild(guild).Order(GuildActor(key), op, request, null));

    public async Task<Outcome> ReadGuild(Caller caller, uint op, byte[] request)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var guild = (await Membership.Get()).Guild;
        return guild == 0 ? Outcome.Refused(GameError.NotInGuild) : await Guild(guild).Read(PlayerId, op, request);
    }

    public async Task<Outcome> ReadNamedGuild(Caller caller, long guild, uint op, byte[] request)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        return guild == 0 ? Outcome.Refused(GameError.GuildNotFound) : await Guild(guild).Read(PlayerId, op, request);
    }

    public async Task<Outcome> SearchGuilds(Caller caller, byte[] request)
    {
        if (RefuseRead(caller) is { } refused)
            return Outcome.Refused(refused);
        var query = ClientInput.Parse<SearchGuildsRequest>(request);
        var error = GuildDirectory.Validate(query);
        if (error != GameError.Ok)
            return Outcome.Refused(error);
        var found = await Task.WhenAll(Enumerable.Range(0, IGuildIndexGrain.Shards).Select(
            shard => GrainFactory.GetGrain<IGuildIndexGrain>(shard).Search(request)));
        return Outcome.Of(GuildDirectory.Merge(
            query, found.SelectMany(part => SearchGuildsReply.Parser.ParseFrom(part).Guilds)));
    }

    public async Task<Outcome> ListGuildInvitations(Caller caller) => RefuseRead(caller) is { } refused
        ? Outcome.Refused(refused)
        : new Outcome(GameError.Ok, await GrainFactory.GetGrain<IGuildInvitationsGrain>(PlayerId).List());

    private async Task TellGuild(long guild)
    {
        var presence = await GetPresence();
        await Guild(guild).Meet(GuildActor(""), presence.Status, presence.Since.ToUnixTimeMilliseconds());
    }

    private IGuildGrain Guild(long guild) => GrainFactory.GetGrain<IGuildGrain>(guild);

    private GuildActor GuildActor(string key) => new(PlayerId, State.Profile?.Name ?? "", State.Level, key);

    private GuildGift Gift(GuildGift gift)
    {
        (gift.Player, gift.Name, gift.Level) = (PlayerId, State.Profile.Name, State.Level);
        return gift;
    }

    private static Value Amount(string currency, long amount) =>
        new() { Currencies = { new Balance { Currency = currency, Amount = amount } } };

    private static long NewGuildId() =>
        (BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue) | 1;

    /// <summary>
    /// Who a player is; null if there is none of that id. It interleaves with whatever that player does.
    /// </summary>
    private async Task<GuildPerson?> PersonOf(long player)
    {
        if (player == PlayerId)
            return new GuildPerson(State.Profile.Name, State.Level);
        if (await GrainFactory.GetGrain<IPlayerProfile>(player).GetPublicProfile() is not { } profile)
            return null;
        var shown = PublicProfile.Parser.ParseFrom(profile);
        return new GuildPerson(shown.Profile.Name, shown.Level);
    }
}
