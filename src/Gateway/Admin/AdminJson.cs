using System.Text.Json;
using System.Text.Json.Serialization;

namespace GameBackend.Gateway.Admin;

/// <param name="UntilUnixMs">Without it, for good.</param>
internal sealed record BanRequest(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long PlayerId,
    string Reason,
    long? UntilUnixMs = null);

internal sealed record PlayerRequest(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long PlayerId,
    string? Reason = null);

internal sealed record MuteRequest(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long PlayerId,
    long UntilUnixMs);

internal sealed record AnnounceRequest(string Text);

/// <param name="Gateways">How many pass it on.</param>
internal sealed record AnnounceBody(uint Gateways);

/// <param name="Node">Its name or address.</param>
internal sealed record NodeRequest(string Node);

/// <param name="Left">Grains or connections that it could not let go of.</param>
internal sealed record DrainBody(string Node, int Left);

/// <param name="Service">A protobuf service by its full name.</param>
internal sealed record ExportRequest(string Node, string Service, bool On);

internal sealed record ExportBody(string Node, string[] Exports);

/// <summary>A node of another zone.</summary>
internal sealed record AbroadBody(string Address, bool Available, string[] Exports);

/// <param name="AnsweredBy">Address of the node that has answered.</param>
internal sealed record ZonePlayerBody(string PlayerId, string Name, uint Level, bool Online, string AnsweredBy);

/// <param name="Key">The operator's own name for the battle: sent again under the same, it is the same battle.</param>
/// <param name="Sides">Ids of players of this zone, side by side.</param>
internal sealed record OperatorBattle(string Zone, string Key, string Mode, string[][] Sides);

internal sealed record ZoneBattleBody(string BattleId, string State, string AnsweredBy)
{
    /// <summary>This and the rest when it is over.</summary>
    public string? Reason { get; init; }

    /// <summary>Of the sides; 1 is best.</summary>
    public uint[]? Ranks { get; init; }

    public uint? Ticks { get; init; }
}

internal sealed record NodeBody(
    string Name, string Address, string Uuid, string Kind, string[] Roles, string Version, bool Available,
    LoadBody Load,
    string[] Exports, Dictionary<string, string> Metadata, long StartedAtUnixMs, long LastActiveUnixMs, bool Mine);

internal sealed record LoadBody(uint CpuPercent, uint Items, uint Queue);

internal sealed record RouteBody(uint Op, string Name, string Effect, long Requests, long Refused);

internal sealed record SessionBody(
    string PlayerId, string SessionId, ulong Epoch, string State, string Transport, string? Address,
    long ConnectedSeconds);

/// <param name="Name">This and the level are left out while the account has no player.</param>
/// <param name="BannedUntilUnixMs">While it is banned; the last moment of the year 9999 if for good.</param>
internal sealed record PlayerBody(
    string PlayerId, string? Name, uint? Level, string Status, long SinceUnixMs, string? Gateway, ulong Epoch,
    long? BannedUntilUnixMs);

/// <param name="Spread">How many grains of a type each silo has.</param>
internal sealed record SpreadBody(Dictionary<string, Dictionary<string, int>> Spread);

/// <param name="Key">The operator's own name for the letter: sent again under the same, it is the same letter.</param>
/// <param name="To">Player ids; without it the letter is to all.</param>
/// <param name="Pets">Kinds of pets.</param>
internal sealed record OperatorLetter(
    string Key,
    string Subject,
    string Text,
    string[]? To = null,
    Dictionary<string, long>? Currencies = null,
    OperatorGift[]? Items = null,
    string[]? Pets = null,
    long? ExpiresUnixMs = null);

internal sealed record OperatorGift(string Item, uint Count, bool Bound = false);

/// <summary>Who has not got an operator's letter, and why; all others have.</summary>
internal sealed record RefusedReceivers(RefusedReceiver[] Refused);

internal sealed record RefusedReceiver(string Player, string Error);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(BanRequest))]
[JsonSerializable(typeof(PlayerRequest))]
[JsonSerializable(typeof(MuteRequest))]
[JsonSerializable(typeof(AnnounceRequest))]
[JsonSerializable(typeof(AnnounceBody))]
[JsonSerializable(typeof(NodeRequest))]
[JsonSerializable(typeof(DrainBody))]
[JsonSerializable(typeof(ExportRequest))]
[JsonSerializable(typeof(ExportBody))]
[JsonSerializable(typeof(AbroadBody[]))]
[JsonSerializable(typeof(ZonePlayerBody))]
[JsonSerializable(typeof(OperatorBattle))]
[JsonSerializable(typeof(ZoneBattleBody))]
[JsonSerializable(typeof(NodeBody[]))]
[JsonSerializable(typeof(RouteBody[]))]
[JsonSerializable(typeof(SessionBody[]))]
[JsonSerializable(typeof(PlayerBody))]
[JsonSerializable(typeof(SpreadBody))]
[JsonSerializable(typeof(OperatorLetter))]
[JsonSerializable(typeof(RefusedReceivers))]
internal sealed partial class AdminJson : JsonSerializerContext;
