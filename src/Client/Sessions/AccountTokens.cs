using GameBackend.Client.Accounts;

namespace GameBackend.Client.Sessions;

/// <summary>The account's tokens, kept fresh.</summary>
internal sealed class AccountTokens(
    AccountsClient? accounts, AccountSession session, Func<CancellationToken, Task<AccountSession>>? reauthenticate)
    : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private bool _refreshTokenIsSpent;

    public AccountSession Current { get; private set; } = session;

    /// <summary>
    /// Gets fresh tokens if those at hand are near their end. A failure matters only when they have ended.
    /// </summary>
    public async Task KeepFresh(CancellationToken cancellation)
    {
        if (!Current.IsNearItsEnd(DateTimeOffset.UtcNow))
            return;
        try
        {
            await Renew(Current, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // The tokens at hand may still do, and the gateway's answer will tell.
        }
    }

    /// <summary>Gets fresh tokens. False if they are refused for good.</summary>
    public async Task<bool> Renew(AccountSession old, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Another caller was faster.
            if (!ReferenceEquals(old, Current))
                return true;
            if (await Refresh(cancellation).ConfigureAwait(false))
                return true;
            if (reauthenticate is null)
                return false;
            Current = await reauthenticate(cancellation).ConfigureAwait(false);
            _refreshTokenIsSpent = false;
            return true;
        }
        catch (AccountException e) when (!e.IsTransient)
        {
            return false;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    // A refresh token is good once, and showing it twice kills the whole line. So it is not shown again after a try
    // whose answer was lost, as long as there is another way in.
    private async Task<bool> Refresh(CancellationToken cancellation)
    {
        if (accounts is null || Current.RefreshToken.Length == 0
            || (_refreshTokenIsSpent && reauthenticate is not null))
            return false;
        try
        {
            Current = await accounts.Refresh(Current.RefreshToken, cancellation).ConfigureAwait(false);
            _refreshTokenIsSpent = false;
            return true;
        }
        catch (AccountException e) when (!e.IsTransient)
        {
            return false;
        }
        catch
        {
            _refreshTokenIsSpent = true;
            throw;
        }
    }
}
