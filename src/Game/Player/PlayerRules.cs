namespace GameBackend.Game;

/// <summary>A player's creation, name and profile.</summary>
public static class PlayerRules
{
    /// <summary>In characters (code points).</summary>
    public const int AvatarLimit = 64;

    /// <summary>In characters (code points).</summary>
    public const int MottoLimit = 140;

    public static bool Exists(PlayerState state) => state.Profile is { Name.Length: > 0 };

    /// <summary>
    /// Creates the player with the catalogue's starter kit. The name's uniqueness is the caller's business.
    /// </summary>
    /// <returns>PLAYER_EXISTS or NAME_INVALID, or the change from nothing to the new player.</returns>
    public static Decision Create(PlayerState state, Catalogue catalogue, Act act, string name)
    {
        if (Exists(state)) return Decision.Refused(GameError.PlayerExists);
        return PlayerDraft.Decide(state, catalogue, act, "player.create", draft =>
        {
            var error = ValidateName(name);
            if (error != GameError.Ok) return error;
            draft.Profile = new Profile { Name = name, CreatedAtMs = act.NowMs };
            draft.Bag.Grow(catalogue.Player.BagCapacity);
            return draft.Gain(catalogue.StarterKit, 1, "player.create");
        });
    }

    /// <summary>Changes the display name. Its uniqueness is the caller's business.</summary>
    /// <returns>NAME_INVALID, or the change.</returns>
    public static Decision Rename(PlayerState state, Catalogue catalogue, Act act, string name) =>
        PlayerDraft.Change(state, catalogue, act, "player.rename", draft =>
        {
            draft.Profile = new Profile(draft.Profile) { Name = name };
            return ValidateName(name);
        });

    /// <returns>TEXT_TOO_LONG, INVALID_ARGUMENT (see <see cref="TextRules"/>), or the change.</returns>
    public static Decision SetProfile(PlayerState state, Catalogue catalogue, Act act, string avatar, string motto) =>
        PlayerDraft.Change(state, catalogue, act, "player.profile", draft =>
        {
            draft.Profile = new Profile(draft.Profile) { Avatar = avatar, Motto = motto };
            var error = ValidateText(avatar, AvatarLimit);
            return error == GameError.Ok ? ValidateText(motto, MottoLimit) : error;
        });

    /// <summary>
    /// NAME_INVALID unless it is 3 to 16 letters, digits or underscores; see <see cref="PlayerNames"/>.
    /// </summary>
    public static GameError ValidateName(string name) =>
        PlayerNames.IsValid(name) ? GameError.Ok : GameError.NameInvalid;

    /// <inheritdoc cref="PlayerNames.Fold(string)"/>
    public static string FoldName(string name) => PlayerNames.Fold(name);

    /// <inheritdoc cref="PlayerNames.Keys"/>
    public static string[] NameKeys(string name) => PlayerNames.Keys(name);

    private static GameError ValidateText(string text, int limit)
    {
        // In code points; each has at most two code units.
        var error = TextRules.Check(text, 2 * limit);
        return error == GameError.Ok && text.EnumerateRunes().Count() > limit ? GameError.TextTooLong : error;
    }
}
