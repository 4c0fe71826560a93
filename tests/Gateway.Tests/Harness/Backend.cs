using GameBackend.Gateway.Sessions;
using GameBackend.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>The whole backend in this process: silo, gateway and store, on ports of its own.</summary>
internal sealed class Backend : IAsyncDisposable
{
    public const string AdminKey = "an-admin-key-of-tests";

    private readonly WebApplication _app;
    private readonly TestDirectory? _owned;
    private int _accounts;

    private Backend(WebApplication app, TestDirectory? owned)
    {
        _app = app;
        _owned = owned;
        Options = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var scheme = Options.TlsCertificate is null ? "http" : "https";
        Http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = TestCertificate.IsShown },
        })
        {
            BaseAddress = new Uri($"{scheme}://127.0.0.1:{Options.HttpPort}"),
        };
    }

    public GatewayOptions Options { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public SessionRegistry Registry => Services.GetRequiredService<SessionRegistry>();

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <param name="settings">Options over the defaults, such as <c>Gateway:MaxInFlight</c>.</param>
    public static Task<Backend> Start(params (string Key, object Value)[] settings)
    {
        var directory = new TestDirectory();
        return Start(directory, directory, settings);
    }

    /// <summary>Starts on data that is there already.</summary>
    public static Task<Backend> StartOn(TestDirectory directory, params (string Key, object Value)[] settings) =>
        Start(directory, null, settings);

    public Task Stop() => _app.StopAsync();

    /// <summary>A new account, as nobody has used it yet.</summary>
    public Task<Account> NewAccount() =>
        Account.Open(this, $"device-{Guid.NewGuid():N}-{Interlocked.Increment(ref _accounts)}");

    public Task<RawClient> Connect(Transport transport) => RawClient.Connect(this, transport);

    /// <summary>A new account with a player, over a connection that is logged in.</summary>
    public async Task<RawClient> Play(Transport transport)
    {
        var account = await NewAccount();
        var client = await account.LogIn(transport);
        await client.Create();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _owned?.Dispose();
    }

    private static async Task<Backend> Start(
        TestDirectory directory, TestDirectory? owned, (string Key, object Value)[] settings)
    {
        (string Key, object Value)[] defaults =
        [
            ("environment", "Development"),
            ("Gateway:TcpPort", Ports.Free()), ("Gateway:HttpPort", Ports.Free()),
            ("Silo:Port", Ports.Free()), ("Silo:GatewayPort", Ports.Free()),
            ("Store:Directory", Path.Combine(directory.Path, "data")), ("Store:Fsync", false),
            ("Logs:Directory", Path.Combine(directory.Path, "logs")), ("Serilog:MinimumLevel:Default", "Warning"),
            ("Accounts:AdminKey", AdminKey),
        ];
        var app = SiloHost.Build([.. defaults.Concat(settings).Select(
            setting => FormattableString.Invariant($"--{setting.Key}={setting.Value}"))]);
        await app.StartAsync();
        await app.Services.GetRequiredService<Lanes.LaneSubscriber>().Ready.Within();
        return new Backend(app, owned);
    }
}

/// <summary>A directory that goes with the test.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gamebackend-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
