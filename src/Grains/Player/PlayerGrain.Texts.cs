using GameBackend.Game;

namespace GameBackend.Grains.Player;

/// <summary>
/// What the player writes for others to see, whatever it is for, passes here first: the rule of texts, an operator's
/// mute, and the filter.
/// </summary>
public sealed partial class PlayerGrain
{
    /// <summary>The last request whose texts have passed: no later mute refuses it when it is sent again.</summary>
    private (ulong Session, uint Request) _reviewed;

    private bool IsMuted => Record.ChatMutedUntilMs > NowMs;

    /// <summary>A text on its way to others.</summary>
    /// <param name="Limit">In UTF-16 code units.</param>
    /// <param name="Lines">Whether it may have line feeds.</param>
    private readonly record struct Writing(
        string Text, int Limit, bool Lines = false, ChatKind Kind = ChatKind.World);

    /// <summary>
    /// A request whose texts others see. It goes on with the texts as others may see them, or is refused before
    /// anything else is looked at: TEXT_TOO_LONG, INVALID_ARGUMENT, CHAT_MUTED or CHAT_REFUSED. Without a text a muted
    /// player may ask, too.
    /// </summary>
    private async Task<Outcome> Write(Caller caller, Writing[] texts, Func<string[], Task<Outcome>> next)
    {
        if (Admit(caller) is { } refused)
            return refused;
        var sentAgain = caller.RequestId != 0 && _reviewed == (caller.SessionId, caller.RequestId);
        var (error, shown) = await Review(texts, IsMuted && !sentAgain);
        if (error != GameError.Ok)
            return await Refuse(caller, Outcome.Refused(error));
        _reviewed = (caller.SessionId, caller.RequestId);
        var outcome = await next(shown);
        return outcome.Error == GameError.Ok || outcome.Settled ? outcome : await Refuse(caller, outcome);
    }

    private async Task<(GameError Error, string[] Texts)> Review(Writing[] texts, bool muted)
    {
        foreach (var (text, limit, lines, _) in texts)
        {
            if (TextRules.Check(text, limit, lines) is not GameError.Ok and var error)
                return (error, []);
        }

        if (muted && texts.Any(writing => writing.Text.Length > 0))
            return (GameError.ChatMuted, []);
        var shown = new string[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            var (text, _, _, kind) = texts[i];
            if ((text.Length == 0 ? text : await TextFilter.Apply(PlayerId, kind, text)) is not { } passed)
                return (GameError.ChatRefused, []);
            shown[i] = passed;
        }

        return (GameError.Ok, shown);
    }

    /// <summary>
    /// A name cannot be starred out: it passes whole, or not at all. Whoever is muted is created all the same.
    /// </summary>
    /// <param name="name">Of the form that names have.</param>
    /// <param name="unfit">The error if the filter does not let it pass.</param>
    private async Task<GameError> ReviewName(string name, GameError unfit) =>
        IsMuted && PlayerRules.Exists(State) ? GameError.ChatMuted
        : await TextFilter.Apply(PlayerId, ChatKind.World, name) == name ? GameError.Ok
        : unfit;
}
