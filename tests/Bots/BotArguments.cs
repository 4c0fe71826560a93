using System.Globalization;
using GameBackend.Client;
using GameBackend.Game;
using GameBackend.Gateway.Hosting;

namespace GameBackend.Bots;

/// <summary>What the command line says.</summary>
internal sealed record BotArguments
{
    public const string Usage =
        """
        Bots SCENARIO [--gateway URL[,URL]] [--accounts URL[,URL]] [--bots N] [--seconds S] [--seed K]
                      [--transport tcp|ws|kcp|mixed] [--state FILE] [--cuts on|off]
                      [--catalogue DIRECTORY] [--frames N]
          SCENARIO    smoke, play, flaky, mail, social, market, arena, fuzz, verify
          --gateway   http://host:port (addresses as the log-in names them), tcp://host:port, ws://host:port/ws or
                      kcp://host:port; bot i starts at gateway i modulo their number. Default http://127.0.0.1:7710
          --accounts  where to log in, if --gateway is not http. Default http://<host of the gateway>:7710
          --cuts      whether arena bots cut their connections at random. Default on
          --catalogue what the silos have as Game:Catalogue, by which arena verifies battles. Default: the built-in one
          --frames    how many frames fuzz sends. Default 500000
          --state     play writes the bots' final states there, verify compares with them
        """;

    public string Scenario { get; private init; } = "";

    public IReadOnlyList<Uri> Gateways { get; private init; } = [new Uri("http://127.0.0.1:7710")];

    public IReadOnlyList<Uri> Accounts { get; private init; } = [];

    public int Bots { get; private init; } = 10;

    public int Seconds { get; private init; } = 10;

    public int Seed { get; private init; } = 1;

    public string Transport { get; private init; } = "mixed";

    public int Frames { get; private init; } = 500_000;

    public string? State { get; private init; }

    public string? Catalogue { get; private init; }

    public bool Cuts { get; private init; } = true;

    private static readonly string[] Scenarios =
        ["smoke", "play", "flaky", "mail", "social", "market", "arena", "fuzz", "verify"];

    private static readonly string[] Options =
    [
        "--gateway", "--accounts", "--bots", "--seconds", "--seed", "--transport", "--catalogue", "--state", "--cuts", "--frames",
    ];

    /// <exception cref="FormatException">The command line is not understood; the message is one line.</exception>
    public static BotArguments Parse(string[] args)
    {
        if (args.Length == 0)
            throw new FormatException($"The first argument names the scenario: {string.Join(", ", Scenarios)}.");
        if (!Scenarios.Contains(args[0]))
            throw new FormatException($"There is no scenario '{args[0]}'.{Meant(args[0], Scenarios)}");
        var parsed = new BotArguments { Scenario = args[0] };
        for (var i = 1; i < args.Length; i += 2)
        {
            if (!Options.Contains(args[i]))
                throw new FormatException($"There is no option '{args[i]}'.{Meant(args[i], Options)}");
            var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value.");
            parsed = parsed.With(args[i], value);
        }
        if (parsed.Scenario == "verify" && parsed.State is null)
            throw new FormatException("verify needs --state.");
        if (parsed is { Scenario: "verify", State: { } state } && !File.Exists(state))
            throw new FormatException($"There is no file {state} (--state).");
        return parsed;
    }

    /// <summary>Where bot <paramref name="index"/> logs in, its own gateway first.</summary>
    public Uri[] AccountsFor(int index)
    {
        var all = Accounts.Count > 0 ? Accounts : [.. Gateways.Select(AccountsOf)];
        return [.. all.Select((_, i) => all[(index + i) % all.Count]).Distinct()];
    }

    /// <summary>The gateways of bot <paramref name="index"/>, its own first; none if the log-in names them.</summary>
    public Uri[] GatewaysFor(int index)
    {
        string[] kind = TransportFor(index) switch
        {
            PreferredTransport.Tcp => ["tcp", "tls"],
            PreferredTransport.Kcp => ["kcp"],
            _ => ["ws", "wss"],
        };
        var inTurn = Gateways.Select((_, i) => Gateways[(index + i) % Gateways.Count]);
        return [.. inTurn.Where(gateway => kind.Contains(gateway.Scheme))];
    }

    /// <summary>
    /// Which transport bot <paramref name="index"/> uses. An address that names its transport decides it.
    /// </summary>
    public PreferredTransport TransportFor(int index) => (Gateways[index % Gateways.Count].Scheme, Transport) switch
    {
        ("tcp" or "tls", _) => PreferredTransport.Tcp,
        ("ws" or "wss", _) => PreferredTransport.WebSocket,
        ("kcp", _) => PreferredTransport.Kcp,
        (_, "tcp") => PreferredTransport.Tcp,
        (_, "ws") => PreferredTransport.WebSocket,
        (_, "kcp") => PreferredTransport.Kcp,
        _ => (index / Gateways.Count % 3) switch
        {
            0 => PreferredTransport.Tcp,
            1 => PreferredTransport.WebSocket,
            _ => PreferredTransport.Kcp,
        },
    };

    private BotArguments With(string name, string value) => name switch
    {
        "--gateway" => this with { Gateways = Addresses(value) },
        "--accounts" => this with { Accounts = Addresses(value) },
        "--bots" => this with { Bots = Number(name, value, 1) },
        "--seconds" => this with { Seconds = Number(name, value, 0) },
        "--seed" => this with { Seed = Number(name, value, int.MinValue) },
        "--transport" when value is "tcp" or "ws" or "kcp" or "mixed" => this with { Transport = value },
        "--frames" => this with { Frames = Number(name, value, 1) },
        "--catalogue" => this with { Catalogue = Usable(value) },
        "--state" => this with { State = value },
        "--cuts" when value is "on" or "off" => this with { Cuts = value == "on" },
        _ => throw new FormatException($"{name} does not take '{value}'."),
    };

    private static string Usable(string catalogue)
    {
        try
        {
            Game.Catalogue.LoadFrom(catalogue);
            return catalogue;
        }
        catch (CatalogueException e)
        {
            throw new FormatException($"--catalogue {catalogue} cannot be used: {string.Join("; ", e.Problems)}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"--catalogue {catalogue} cannot be read: {e.Message}");
        }
    }

    private static string Meant(string typed, string[] known) =>
        ClosestName.Find(typed, known) is { } meant ? $" Did you mean {meant}?" : "";

    private static Uri[] Addresses(string value) =>
    [
        .. value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(each => Uri.TryCreate(
            each, UriKind.Absolute, out var address) && address.Host.Length > 0
                ? address
                : throw new FormatException($"'{each}' is no address; one is written http://127.0.0.1:7710.")),
    ];

    private static int Number(string name, string value, int min) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number >= min
            ? number
            : throw new FormatException($"{name} needs a whole number of at least {min}.");

    private static Uri AccountsOf(Uri gateway) =>
        gateway.Scheme is "http" or "https" ? gateway : new Uri($"http://{gateway.Host}:7710");
}
