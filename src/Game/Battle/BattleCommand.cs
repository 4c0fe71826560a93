namespace GameBackend.Game;

/// <summary>An input of a player, checked for its range.</summary>
/// <param name="Number">As the client has numbered it.</param>
/// <param name="MoveX">-100 to 100.</param>
/// <param name="Target">A fighter plus 1; 0 for oneself.</param>
public readonly record struct FighterInput(
    int Number,
    int MoveX,
    int MoveY,
    BattleAction Action = BattleAction.None,
    int AimX = 0,
    int AimY = 0,
    int Target = 0);

internal enum CommandKind
{
    Input,
    Drop,
    Return,
    Leave,
    VoteYes,
    VoteNo,
    /// <summary>No command: the state's hash, for whoever runs the log again.</summary>
    Hash,
    /// <summary>No command: the battle had come to this tick.</summary>
    Through,
}

/// <summary>Whatever reaches a battle from outside. Nothing else does.</summary>
internal readonly record struct BattleCommand(CommandKind Kind, int Fighter, FighterInput Input = default);
