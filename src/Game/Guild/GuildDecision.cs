namespace GameBackend.Game;

/// <summary>Who asks a guild for something, and when.</summary>
/// <param name="NowMs">In milliseconds since 1970-01-01 UTC.</param>
/// <param name="Key">Names the request for good; empty for a notification.</param>
public readonly record struct GuildAct(long Player, string Name, uint Level, long NowMs, string Key = "");

/// <summary>What a rule has decided: a refusal that left the guild as it was, or a change that it now has.</summary>
/// <param name="Change">What to tell the members; null if it is nothing to them.</param>
/// <param name="Joining">Who is about to become a member: to be claimed once this is saved. 0 for nobody.</param>
public readonly record struct GuildDecision(GameError Error, GuildChanged? Change = null, long Joining = 0)
{
    public bool Ok => Error == GameError.Ok;

    public static GuildDecision Refused(GameError error) => new(error);
}
