using System.Text.RegularExpressions;
using GameBackend.Gateway.Hosting;
using GameBackend.Harbor;
using GameBackend.Silo;
using Microsoft.Extensions.Configuration;

namespace GameBackend.Gateway.Tests.Hosting;

/// <summary>An option that there is not is named, with the one that was meant; all that there are can be used.</summary>
public sealed class KnownOptionsTests
{
    public static TheoryData<string> Programs => ["silo", "gateway", "harbor"];

    [Theory]
    [InlineData("There is no option --Gateway:TcpProt. Did you mean Gateway:TcpPort?", "--Gateway:TcpProt", "8000")]
    [InlineData("There is no option --Gateway:TcpProt. Did you mean Gateway:TcpPort?", "--Gateway:TcpProt=8000")]
    [InlineData("There is no option --Gatway:TcpPort. Did you mean Gateway:TcpPort?", "--Gatway:TcpPort", "8000")]
    [InlineData("There is no option --TcpPort. Did you mean Gateway:TcpPort?", "--TcpPort", "8000")]
    [InlineData("There is no option --instnace. Did you mean instance?", "--instnace", "2")]
    [InlineData("There is no option --bogus.", "--bogus")]
    [InlineData("There is no option --Bogus:Key.", "--Bogus:Key", "1")]
    [InlineData("There is no option --Gateway.", "--Gateway", "1")]
    [InlineData("There is no option --Gateway:TcpPort:0.", "--Gateway:TcpPort:0", "1")]
    [InlineData("There is no option --Gateway:TrustedProxies.", "--Gateway:TrustedProxies", "10.0.0.0/8")]
    [InlineData("There is no option bogus.", "bogus=1")]
    [InlineData("'foo' is no option.", "foo")]
    [InlineData("'8000' is no option.", "--Gateway:TcpPort", "7700", "8000")]
    [InlineData("'-x' is no option.", "-x")]
    [InlineData("--Gateway:TcpPort needs a value.", "--Gateway:TcpPort")]
    [InlineData("--Gateway:ListenAny needs a value.", "--Gateway:ListenAny", "--Gateway:TcpPort", "8000")]
    public void An_argument_that_is_none_is_named_in_one_line(string named, params string[] args)
    {
        var said = Assert.Throws<StartupException>(() => Check(SiloHost.Known, args)).Message;
        Assert.StartsWith(named, said, StringComparison.Ordinal);
        Assert.EndsWith(" --help lists the options.", said, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said);
        Assert.Single(Regex.Matches(said, "There is no option|is no option|needs a value"));
    }

    [Theory]
    [InlineData("--Gateway:TcpPort", "8000", "--gateway:httpport=8010", "--instance", "2", "--environment", "x")]
    [InlineData("--Silo:Roles:0", "battle", "--Node:Metadata:ANY", "x", "--Accounts:TicketProviders:acme:Secret", "y")]
    [InlineData("--Serilog:MinimumLevel:Default=Debug", "--Logging:LogLevel:Default", "Debug", "--AllowedHosts", "*")]
    [InlineData("/Gateway:TcpPort", "8000", "Gateway:HttpPort=8010", "--Battle:WakeEvery", "-00:00:01")]
    [InlineData("--Accounts:PasswordIterations", "1", "--Accounts:AccessTokenLifetime", "1", "--Silo:DrainWithin", "1")]
    public void What_there_is_may_be_given(params string[] args) => Check(SiloHost.Known, args);

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var said = Assert.Throws<StartupException>(
            () => Check(GatewayHost.Known, ["--Gateway:A", "1", "foo", "--Nodes:Name", "x"])).Message;
        Assert.Contains("--Gateway:A.", said, StringComparison.Ordinal);
        Assert.Contains("'foo'", said, StringComparison.Ordinal);
        Assert.Contains("Node:Name", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gateway:TcpProt", "Gateway:TcpPort")]
    [InlineData("gateway:tcpprot", "Gateway:TcpPort")]
    [InlineData("Gatway:TcpPort", "Gateway:TcpPort")]
    [InlineData("Silo:Roles:0:x", "Silo:Roles:0")]
    [InlineData("Silo:Roles", "Silo:Roles:0")]
    [InlineData("Accounts:TicketProviders:acme:Secrt", null)]
    public void A_key_of_a_settings_file_or_the_environment_that_there_is_not_is_named(string key, string? meant)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, "1")]).Build();
        var said = Assert.Throws<StartupException>(() => SiloHost.Known.Check([], configuration)).Message;
        Assert.Contains($"There is no option {key}", said, StringComparison.Ordinal);
        if (meant is not null)
            Assert.Contains($"Did you mean {meant}?", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_wrong_key_stands_is_said()
    {
        using var directory = new TestDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "appsettings.json"), """{"Gateway":{"TcpProt":8000}}""");
        var configuration = new ConfigurationBuilder().SetBasePath(directory.Path).AddJsonFile("appsettings.json").Build();
        var said = Assert.Throws<StartupException>(() => SiloHost.Known.Check([], configuration)).Message;
        Assert.Contains("Gateway:TcpProt (appsettings.json).", said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_of_others_is_left_alone() => SiloHost.Known.Check([], new ConfigurationBuilder()
        .AddInMemoryCollection(
        [
            new("PATH", "/bin"), new("GATEWAY", "x"), new("STORE", "y"), new("Logging:LogLevel:Default", "Debug"),
            new("Kestrel:Limits:MaxConcurrentConnections", "1"), new("Serilog:Using:0", "z"), new("URLS", "http://x"),
            new("MyGame:Anything:At:All", "1"), new("Silo:Roles", ""), new("Orleans:ClusterId", "c"),
        ]).Build());

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_option_that_a_program_lists_may_be_given_to_it(string program)
    {
        var known = Known(program);
        Assert.NotEmpty(known.All);
        Check(known, [.. known.All.Select(option => $"--{option.Name}=x")]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_options_of_one_program_may_be_given_to_every_other(string program) => Check(
        Known(program),
        [.. SiloHost.Known.All.Concat(HarborHost.Known.All).Select(option => $"--{option.Name}=x")]);

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_mistyped_key_of_a_section_that_others_share_is_named(string program) =>
        Assert.Throws<StartupException>(() => Check(Known(program), ["--Accounts:SigningKy", "x"]));

    [Fact]
    public void The_README_lists_every_option_and_no_other()
    {
        var known = SiloHost.Known.All.Concat(HarborHost.Known.All).Select(option => option.Name).Distinct();
        Assert.Equal(known.Order(StringComparer.Ordinal), Documented().Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Help_has_every_option_with_its_default_and_what_it_is_for()
    {
        var text = Help.Text(typeof(SiloHost).Assembly, SiloHost.Known);
        Assert.All(SiloHost.Known.All, option => Assert.Contains($"--{option.Name} ", text, StringComparison.Ordinal));
        Assert.Matches(@"--Gateway:TcpPort +Port of the raw TCP listener; 0 turns it off\. \[7700\]\n", text);
        Assert.Contains("--instance N", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--Gateway:TcpPort", "8000", "--help")]
    public async Task Help_is_printed_in_place_of_a_start(params string[] args) =>
        Assert.Equal(0, await Startup.Run(args, SiloHost.Known, _ => throw new InvalidOperationException("started")));

    /// <summary>The names in the first column of the tables of options; one may leave out what it has of the last.</summary>
    private static IEnumerable<string> Documented()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "GameBackend.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        foreach (var row in File.ReadLines(Path.Combine(root.FullName, "README.md"))
            .Where(line => Regex.IsMatch(line, @"^\| `[A-Z]\w+:(?!…)")))
        {
            var section = "";
            foreach (System.Text.RegularExpressions.Match name in Regex.Matches(row.Split('|')[1], "`([^`]+)`"))
            {
                var text = name.Groups[1].Value;
                text = text.StartsWith(':') ? section + text : text;
                section = text[..text.LastIndexOf(':')];
                yield return text;
            }
        }
    }

    private static KnownOptions Known(string program) => program switch
    {
        "silo" => SiloHost.Known,
        "gateway" => GatewayHost.Known,
        _ => HarborHost.Known,
    };

    private static void Check(KnownOptions known, string[] args) =>
        known.Check(args, new ConfigurationBuilder().AddCommandLine(args).Build());
}
