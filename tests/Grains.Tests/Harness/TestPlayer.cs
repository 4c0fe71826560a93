using GameBackend.Grains.Interfaces;
using Google.Protobuf;

namespace GameBackend.Grains.Tests;

/// <summary>A player as a gateway's session drives it.</summary>
public sealed class TestPlayer(GameHost game, long id)
{
    private uint _lastRequest;

    public GameHost Game => game;

    public long Id => id;

    public string Lane { get; set; } = Interfaces.Lane.Name(Guid.NewGuid(), 0);

    public ulong SessionId { get; private set; }

    public ulong Epoch { get; private set; }

    public IPlayerSession Session => game.Client.GetGrain<IPlayerSession>(id);

    public IPlayerProfile Profile => game.Client.GetGrain<IPlayerProfile>(id);

    public IPlayerBag Bag => game.Client.GetGrain<IPlayerBag>(id);

    public IMailboxGrain Mailbox => game.Client.GetGrain<IMailboxGrain>(id);

    public IAccountGrain Account => game.Client.GetGrain<IAccountGrain>(id);

    /// <summary>The line of the tokens that it logs in with.</summary>
    public ulong TokenLine { get; set; }

    public string Name => $"p_{id}";

    /// <summary>With an account and no session yet.</summary>
    public static async Task<TestPlayer> Registered(GameHost game)
    {
        var player = new TestPlayer(game, Random.Shared.NextInt64(1, 10_000_000_000_000));
        Assert.True(await player.Account.Create($"test/{player.Id}"));
        await player.OpenAccount();
        return player;
    }

    /// <summary>Logged in and not created yet.</summary>
    public static async Task<TestPlayer> Connected(GameHost game, string? lane = null)
    {
        var player = await Registered(game);
        player.Lane = lane ?? player.Lane;
        await player.Login();
        return player;
    }

    /// <summary>Logged in and created.</summary>
    public static async Task<TestPlayer> Playing(GameHost game, string? lane = null)
    {
        var player = await Connected(game, lane);
        Assert.Equal(GameError.Ok, (await player.Profile.Create(player.Next(), player.Name)).Error);
        return player;
    }

    /// <summary>Takes new tokens, as after a proof of identity.</summary>
    public async Task<TokenGrant> OpenAccount()
    {
        var grant = await Account.Open();
        TokenLine = grant.Line;
        return grant;
    }

    public Task<AttachResult> Login(uint generation = 1) => Attach(generation, 0, []);

    public Task<AttachResult> Resume(params uint[] unanswered) => Attach(1, SessionId, unanswered);

    /// <summary>The next request.</summary>
    public Caller Next() => new(SessionId, Epoch, ++_lastRequest);

    /// <summary>A request by its id: one that is sent again.</summary>
    public Caller Request(uint requestId) => new(SessionId, Epoch, requestId);

    public async Task<PlayerView> Fetch()
    {
        var outcome = await Wait.UntilClear(() => Profile.Fetch(Next()));
        Assert.Equal(GameError.Ok, outcome.Error);
        return PlayerView.Parser.ParseFrom(outcome.Reply);
    }

    public async Task<long> Gold() => (await Fetch()).Wallet.Single(balance => balance.Currency == "gold").Amount;

    public async Task<ReadLedgerReply> Ledger(ulong before = 0, uint count = 0)
    {
        var outcome = await Profile.ReadLedger(Next(), before, count);
        Assert.Equal(GameError.Ok, outcome.Error);
        return ReadLedgerReply.Parser.ParseFrom(outcome.Reply);
    }

    /// <summary>Everything that is in the mailbox.</summary>
    public async Task<MailboxItem[]> Mail()
    {
        var mail = new List<MailboxItem>();
        while (await Mailbox.Read(mail.Count == 0 ? 1 : mail[^1].Seq + 1, 256) is { Length: > 0 } page)
            mail.AddRange(page);
        return [.. mail];
    }

    /// <summary>The deltas in the mailbox.</summary>
    public Task<PlayerChanged[]> Changes() => Mail(PlayerChanged.Parser);

    /// <summary>The notes in the mailbox.</summary>
    public Task<Note[]> Notes() => Mail(Note.Parser);

    /// <summary>The pushes of a kind in the mailbox.</summary>
    public Task<T[]> Pushes<T>() where T : IMessage<T>, new() => Mail(new MessageParser<T>(() => new T()));
    public Task<T[]> Pushed<T>(MessageParser<T> parser) where T : IMessage<T> => Mail(parser);

    private async Task<T[]> Mail<T>(MessageParser<T> parser) where T : IMessage<T>
    {
        var op = Opcodes.OfPush<T>().Op;
        return [.. (await Mail()).Where(item => item.Op == op).Select(item => parser.ParseFrom(item.Body))];
    }

    private async Task<AttachResult> Attach(uint generation, ulong resume, uint[] unanswered)
    {
        var result = await Session.Attach(new AttachRequest(
            generation, Lane, "test", resume, unanswered, TokenLine: TokenLine));
        if (result.Error == GameError.Ok)
            (SessionId, Epoch) = (result.SessionId, result.Epoch);
        if (result.Error == GameError.Ok && resume == 0)
            _lastRequest = 0;
        return result;
    }
}
