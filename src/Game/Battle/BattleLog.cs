namespace GameBackend.Game;

/// <summary>
/// The commands of a battle as bytes. Each record stands for itself, so that a log can be cut between any two of them
/// and gone on with elsewhere. A record is a byte of kind and fighter, four bits each, and what the kind has.
/// </summary>
internal sealed class BattleLog(ByteBuffer bytes)
{
    private const byte TickMark = 0xFF;
    private const int HasMove = 8;
    private const int HasAim = 16;
    private const int HasTarget = 32;

    public void WriteTick(int tick)
    {
        bytes.WriteByte(TickMark);
        bytes.WriteUnsigned((uint)tick);
    }

    public void WriteCommand(in BattleCommand command)
    {
        bytes.WriteByte((byte)(((int)command.Kind << 4) | command.Fighter));
        if (command.Kind == CommandKind.Input) WriteInput(command.Input);
    }

    public void WriteHash(int tick, ulong hash)
    {
        bytes.WriteByte((byte)((int)CommandKind.Hash << 4));
        bytes.WriteUnsigned((uint)tick);
        bytes.WriteUnsigned(hash);
    }

    public void WriteThrough(int tick)
    {
        bytes.WriteByte((byte)((int)CommandKind.Through << 4));
        bytes.WriteUnsigned((uint)tick);
    }

    /// <summary>The next record. Commands belong to the tick that was marked last.</summary>
    /// <param name="tick">Of the last mark before; then of this one, or of the hash.</param>
    /// <exception cref="InvalidDataException">The bytes are no log.</exception>
    public static BattleCommand? Read(ByteReader reader, ref int tick, out ulong hash)
    {
        hash = 0;
        while (!reader.AtEnd)
        {
            var head = reader.ReadByte();
            if (head == TickMark)
            {
                tick = ReadNumber(reader);
                continue;
            }

            var command = new BattleCommand((CommandKind)(head >> 4), head & 0x0F);
            switch (command.Kind)
            {
                case CommandKind.Input:
                    return command with { Input = ReadInput(reader) };
                case CommandKind.Hash:
                    tick = ReadNumber(reader);
                    hash = reader.ReadUnsigned();
                    return command;
                case CommandKind.Through:
                    tick = ReadNumber(reader);
                    return command;
                case > CommandKind.Through:
                    throw new InvalidDataException($"No record starts with {head}.");
                default:
                    return command;
            }
        }

        return null;
    }

    private void WriteInput(in FighterInput input)
    {
        var hasMove = input.MoveX != 0 || input.MoveY != 0;
        var hasAim = input.AimX != 0 || input.AimY != 0;
        bytes.WriteByte((byte)((int)input.Action
            | (hasMove ? HasMove : 0) | (hasAim ? HasAim : 0) | (input.Target != 0 ? HasTarget : 0)));
        bytes.WriteUnsigned((uint)input.Number);
        if (hasMove)
        {
            bytes.WriteByte((byte)(sbyte)input.MoveX);
            bytes.WriteByte((byte)(sbyte)input.MoveY);
        }

        if (hasAim)
        {
            bytes.WriteSigned(input.AimX);
            bytes.WriteSigned(input.AimY);
        }

        if (input.Target != 0) bytes.WriteByte((byte)input.Target);
    }

    private static FighterInput ReadInput(ByteReader reader)
    {
        int flags = reader.ReadByte();
        var number = ReadNumber(reader);
        var (moveX, moveY, aimX, aimY, target) = (0, 0, 0, 0, 0);
        if ((flags & HasMove) != 0) (moveX, moveY) = ((sbyte)reader.ReadByte(), (sbyte)reader.ReadByte());
        if ((flags & HasAim) != 0) (aimX, aimY) = (reader.ReadInt(), reader.ReadInt());
        if ((flags & HasTarget) != 0) target = reader.ReadByte();
        return new FighterInput(number, moveX, moveY, (BattleAction)(flags & 7), aimX, aimY, target);
    }

    private static int ReadNumber(ByteReader reader)
    {
        var value = reader.ReadUnsigned();
        return value <= int.MaxValue ? (int)value : throw new InvalidDataException($"{value} is no number or tick.");
    }
}
