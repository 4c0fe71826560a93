using System.Text.Json.Serialization;

namespace GameBackend.Client.Accounts;

internal sealed record PasswordLogin(string Name, string Password, string? DeviceId = null, string? Proof = null);

internal sealed record DeviceLogin(string? DeviceId, string? Proof);

internal sealed record ExternalLogin(string Provider, string Token);

internal sealed record RefreshRequest(string RefreshToken);

internal sealed record PasswordChange(string Name, string OldPassword, string NewPassword, string? DeviceId);

internal sealed record EmptyRequest;

internal sealed record SessionAnswer(
    string? PlayerId,
    string? AccessToken,
    double AccessExpiresInSeconds,
    string? RefreshToken,
    IReadOnlyList<EndpointsAnswer>? Gateways,
    string? DeviceId);

internal sealed record EndpointsAnswer(
    string? Tcp, [property: JsonPropertyName("websocket")] string? WebSocket, string? Kcp);

internal sealed record ProblemAnswer(
    string? Title, string? Detail, string? Code, double? RetryAfterSeconds, string? Challenge, string? DeviceId);

/// <summary>The JSON of the accounts' side, compiled ahead so that the SDK needs no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PasswordLogin))]
[JsonSerializable(typeof(DeviceLogin))]
[JsonSerializable(typeof(ExternalLogin))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class AccountsJson : JsonSerializerContext;
