using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using Google.Protobuf;

namespace GameBackend.Game;

/// <summary>
/// What a battle is fought and rewarded by: the parts of the catalogue that it began with. They stand in its setup, so
/// neither a battle that is under way nor the replay of one that is over changes when the catalogue does.
/// </summary>
/// <param name="Roles">In the order of the catalogue.</param>
public sealed record BattleRules(
    ArenaTuning Tuning, ImmutableArray<RoleDefinition> Roles, MapDefinition Map, ModeDefinition Mode)
{
    private static readonly JsonSerializerOptions s_json = new() { IgnoreReadOnlyProperties = true };

    /// <exception cref="ArgumentException">The catalogue has no such mode.</exception>
    public static BattleRules Of(Catalogue catalogue, string mode) =>
        catalogue.Arena is { } arena && catalogue.Modes.TryGetValue(mode, out var found)
            ? new BattleRules(arena.Tuning, arena.Roles, arena.Maps[found.Map], found)
            : throw new ArgumentException($"There is no mode '{mode}'.", nameof(mode));

    /// <summary>Those that a battle began with; the catalogue's own if its setup names none.</summary>
    /// <exception cref="ArgumentException">The setup names none, and the catalogue has no such mode.</exception>
    /// <exception cref="InvalidDataException">They cannot be read.</exception>
    public static BattleRules Of(Catalogue catalogue, BattleSetup setup)
    {
        if (setup.Rules.IsEmpty) return Of(catalogue, setup.Mode);
        try
        {
            using var json = new BrotliStream(new MemoryStream(setup.Rules.ToByteArray()), CompressionMode.Decompress);
            return JsonSerializer.Deserialize<BattleRules>(json, s_json)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("The battle's rules cannot be read.", e);
        }
    }

    /// <summary>JSON, compressed: about a kilobyte.</summary>
    public ByteString ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var json = new BrotliStream(bytes, CompressionLevel.Fastest))
            JsonSerializer.Serialize(json, this, s_json);
        return ByteString.CopyFrom(bytes.ToArray());
    }

    /// <summary>-1 if there is none.</summary>
    public int IndexOf(string role)
    {
        for (var i = 0; i < Roles.Length; i++)
        {
            if (Roles[i].Id == role) return i;
        }

        return -1;
    }
}
