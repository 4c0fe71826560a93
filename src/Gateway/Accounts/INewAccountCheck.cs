using System.Net;

namespace GameBackend.Gateway.Accounts;

/// <summary>
/// Decides whether a request may make an account that nobody vouches for (by device, or by name and password): proof
/// of work, a captcha, an attestation of the device. There is none by default. A studio adds its own with
/// <c>services.AddSingleton&lt;INewAccountCheck, CaptchaCheck&gt;()</c> beside <c>AddAccounts</c>;
/// <see cref="ProofOfWorkCheck"/> is one. All that are added are asked, concurrently for different requests.
/// </summary>
public interface INewAccountCheck
{
    /// <summary>
    /// Null if the account may be made; otherwise what the client has to solve, which it gets as <c>challenge</c>
    /// beside the code <c>proof_required</c>. It sends the request again with what it has found as <c>proof</c>.
    /// Throws if that cannot be found out now; the client is then told to try again.
    /// </summary>
    Task<string?> Check(NewAccountRequest request, CancellationToken cancellationToken);
}

/// <param name="Identity">
/// What the account will be stored under. It has one account at most, so a proof that is bound to it is good once.
/// </param>
/// <param name="Address">The client's; null if it is not known.</param>
/// <param name="Proof">What the client has sent; null the first time. Of any content, up to 4 KiB.</param>
public sealed record NewAccountRequest(string Identity, IPAddress? Address, string? Proof);
