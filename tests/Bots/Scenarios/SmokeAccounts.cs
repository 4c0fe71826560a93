using GameBackend.Client;
using GameBackend.Client.Accounts;
using GameBackend.Protocol;

namespace GameBackend.Bots.Scenarios;

/// <summary>Accounts by device and by password, take-over of a session, and the ends of tokens.</summary>
internal sealed class SmokeAccounts(SmokeBot smoke)
{
    private Bot Bot => smoke.Bot;

    public async Task Run()
    {
        await NameTaken();
        await TakeOver();
        await Passwords();
        await LogOut();
    }

    private async Task NameTaken()
    {
        var other = await Bot.WithAccounts(accounts => accounts.LoginDevice($"{Bot.Device}-other"));
        await using var client = await Connect(other);
        var error = await Error(() => client.Player.Create(Bot.Name.ToUpperInvariant()));
        smoke.Expect(error == GameError.NameTaken, $"creating a second player of the same name gave {error}");
        await client.Leave();
    }

    private async Task TakeOver()
    {
        var again = await Bot.WithAccounts(accounts => accounts.LoginDevice(Bot.Device));
        smoke.Expect(again.PlayerId == Bot.PlayerId, "the same device is another player");
        var first = Bot.Client;
        await using var second = await Connect(again);
        smoke.Expect(await BotRun.Until(() => first.State == ClientState.Closed, BotRun.Patience),
            "the older session was not closed");
        smoke.Expect(second.Epoch > first.Epoch, $"epoch {second.Epoch} took over from {first.Epoch}");
        await second.Player.Fetch();
        await second.Leave();
    }

    private async Task Passwords()
    {
        var name = $"{Bot.Name}.{Bot.Run.Arguments.Seed}";
        var session = await Bot.WithAccounts(accounts => accounts.Register(name, "first password"));
        await Refused("name_taken", () => Bot.WithAccounts(a => a.Register(name.ToUpperInvariant(), "first password")));
        await Refused("wrong_credentials", () => Bot.WithAccounts(a => a.Login(name, "wrong password")));
        var login = await Bot.WithAccounts(accounts => accounts.Login(name, "first password"));
        smoke.Expect(login.PlayerId == session.PlayerId, "logging in by password gives another player");
        await using var client = await Connect(login);
        var changed = await Bot.WithAccounts(a => a.ChangePassword(login, name, "first password", "second password"));
        await Closes(client, "a password change");
        await Refused("wrong_credentials", () => Bot.WithAccounts(a => a.Login(name, "first password")));
        await Refused("token_invalid", () => Bot.WithAccounts(a => a.Refresh(login.RefreshToken)));
        var refreshed = await Bot.WithAccounts(a => a.Refresh(changed.RefreshToken));
        await using var fresh = await Connect(refreshed);
        smoke.Expect(!fresh.PlayerExists, "a password account has a player that it never created");
        await fresh.Leave();
    }

    private async Task LogOut()
    {
        var session = await Bot.WithAccounts(accounts => accounts.LoginDevice(Bot.Device));
        await using var client = await Connect(session);
        await Bot.WithAccounts(async accounts =>
        {
            await accounts.Logout(session);
            return true;
        });
        await Closes(client, "a log-out");
        await Refused("token_invalid", () => Bot.WithAccounts(a => a.Refresh(session.RefreshToken)));
        try
        {
            await using var late = await Connect(session);
            smoke.Expect(false, "a revoked access token has opened a session");
        }
        catch (ClientClosedException e)
        {
            smoke.Expect(e.Reason == CloseReason.LoginRefused, $"a revoked access token was refused with {e.Reason}");
        }
    }

    private async Task<GameClient> Connect(AccountSession account)
    {
        var client = new GameClient(null, account, new GameClientOptions
        {
            Gateways = Bot.Run.Arguments.GatewaysFor(Bot.Index),
            Transport = Bot.Run.Arguments.TransportFor(Bot.Index),
        });
        await client.Connect();
        return client;
    }

    private async Task Closes(GameClient client, string what)
    {
        smoke.Expect(await BotRun.Until(() => client.State == ClientState.Closed, BotRun.Patience),
            $"{what} did not close the open session");
        try
        {
            await client.Player.Fetch();
        }
        catch (ClientClosedException e)
        {
            smoke.Expect(e.Reason == CloseReason.Revoked, $"{what} has closed the session with {e.Reason}");
        }
    }

    private async Task Refused(string code, Func<Task> call)
    {
        try
        {
            await call();
            smoke.Expect(false, $"an account request was not refused with {code}");
        }
        catch (AccountException e)
        {
            smoke.Expect(e.Code == code, $"an account request was refused with {e.Code}, not {code}");
        }
    }

    private static async Task<GameError> Error(Func<Task> call)
    {
        try
        {
            await call();
            return GameError.Ok;
        }
        catch (GameErrorException e)
        {
            return e.Error;
        }
    }
}
