using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace GameBackend.Gateway.Accounts;

internal sealed record NameAndPassword(string Name, string Password);

internal sealed record DeviceLogin(string DeviceId);

internal sealed record ExternalLogin(string Provider, string Token);

internal sealed record RefreshRequest(string RefreshToken);

internal sealed record PasswordChange(string Name, string OldPassword, string NewPassword);

/// <summary>The answer to every log-in. The player id is text, since not every client's numbers have 63 bits.</summary>
internal sealed record SessionBody(
    string PlayerId,
    string AccessToken,
    int AccessExpiresInSeconds,
    string RefreshToken,
    GatewayBody[] Gateways);

/// <summary>Where to connect. Empty if a transport is not offered.</summary>
internal sealed record GatewayBody(string Tcp, string Websocket, string Kcp);

internal sealed record ProblemBody(int Status, string Title, string Code, int? RetryAfterSeconds);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(NameAndPassword))]
[JsonSerializable(typeof(DeviceLogin))]
[JsonSerializable(typeof(ExternalLogin))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class AccountJson : JsonSerializerContext
{
    private const int MaxBodyBytes = 4096;

    /// <summary>
    /// Reads the request's body, or null if it is too large or not what <paramref name="type"/> describes.
    /// </summary>
    public static async Task<T?> Read<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (http.Request.ContentLength > MaxBodyBytes)
            return null;

        var buffer = ArrayPool<byte>.Shared.Rent(MaxBodyBytes + 1);
        try
        {
            var length = await http.Request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, MaxBodyBytes + 1), MaxBodyBytes + 1, throwOnEndOfStream: false, http.RequestAborted);
            return length > MaxBodyBytes ? null : JsonSerializer.Deserialize(buffer.AsSpan(0, length), type);
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            // It held a password or a token.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
