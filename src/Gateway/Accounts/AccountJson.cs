using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace GameBackend.Gateway.Accounts;

/// <param name="DeviceId">A secret of the device, by which the name knows it again.</param>
/// <param name="Proof">What a challenge was solved by; for a registration.</param>
internal sealed record NameAndPassword(string Name, string Password, string? DeviceId = null, string? Proof = null);

/// <param name="DeviceId">Without it the gateway makes one, with a new account.</param>
internal sealed record DeviceLogin(string? DeviceId = null, string? Proof = null);

internal sealed record ExternalLogin(string Provider, string Token);

internal sealed record RefreshRequest(string RefreshToken);

internal sealed record PasswordChange(string Name, string OldPassword, string NewPassword, string? DeviceId = null);

/// <summary>The answer to every log-in. The player id is text, since not every client's numbers have 63 bits.</summary>
/// <param name="DeviceId">The secret that was made for a device that has sent none.</param>
internal sealed record SessionBody(
    string PlayerId,
    string AccessToken,
    int AccessExpiresInSeconds,
    string RefreshToken,
    GatewayBody[] Gateways,
    string? DeviceId);

/// <summary>Where to connect. Empty if a transport is not offered.</summary>
internal sealed record GatewayBody(string Tcp, string Websocket, string Kcp);

internal sealed record ProblemBody(
    int Status, string Title, string Code, int? RetryAfterSeconds, string? Challenge, string? DeviceId);

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

    /// <summary>Reads the request's body, or null if it is not what <paramref name="type"/> describes.</summary>
    /// <exception cref="BadHttpRequestException">
    /// It is too large, of another media type, or no body that HTTP allows; the exception has the status to answer.
    /// </exception>
    public static async Task<T?> Read<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        // A web page can send other media types to another origin without asking first.
        if (!http.Request.HasJsonContentType())
            throw new BadHttpRequestException("No JSON.", StatusCodes.Status415UnsupportedMediaType);
        if (http.Request.ContentLength > MaxBodyBytes)
            throw TooLarge();

        var buffer = ArrayPool<byte>.Shared.Rent(MaxBodyBytes + 1);
        try
        {
            var length = await ReadBody(http, buffer.AsMemory(0, MaxBodyBytes + 1));
            return length > MaxBodyBytes
                ? throw TooLarge()
                : JsonSerializer.Deserialize(buffer.AsSpan(0, length), type);
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

    private static async Task<int> ReadBody(HttpContext http, Memory<byte> buffer)
    {
        try
        {
            return await http.Request.Body.ReadAtLeastAsync(
                buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        }
        catch (IOException fault) when (fault is not BadHttpRequestException)
        {
            // Kestrel has no exception of its own for every malformed body, such as a chunk size out of range.
            throw new BadHttpRequestException(fault.Message, fault);
        }
    }

    private static BadHttpRequestException TooLarge() => new("Too large.", StatusCodes.Status413PayloadTooLarge);
}
