using System.Net.Security;
using GameBackend.Gateway.Admin;
using GameBackend.Gateway.Hosting;
using GameBackend.Gateway.Lanes;
using GameBackend.Gateway.Sessions;
using GameBackend.Grains.Interfaces;
using GameBackend.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Streams;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>The whole backend in this process: silo, gateway and store, on ports of its own.</summary>
internal sealed class Backend : IGateway, IAsyncDisposable
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
        var operators = app.Services.GetRequiredService<IOptions<AdminOptions>>().Value.Port;
        Operators = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{operators}") };
    }

    public GatewayOptions Options { get; }

    public HttpClient Http { get; }

    int IGateway.TcpPort => Options.TcpPort;

    int IGateway.HttpPort => Options.HttpPort;

    int IGateway.KcpPort => Options.KcpPort;

    string IGateway.AdminKey => AdminKey;

    RemoteCertificateValidationCallback? IGateway.IsShown =>
        Options.TlsCertificate is null ? null : TestCertificate.IsShown;
    /// <summary>Asks the operators' port.</summary>
    public HttpClient Operators { get; }

    public IServiceProvider Services => _app.Services;

    public SessionRegistry Registry => Services.GetRequiredService<SessionRegistry>();

    public ConnectionLimiter Limiter => Services.GetRequiredService<ConnectionLimiter>();

    public LaneSubscriber Lanes => Services.GetRequiredService<LaneSubscriber>();

    public IStreamProvider Streams => Services.GetRequiredService<IClusterClient>().GetStreamProvider(Lane.Provider);

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

    /// <summary>Starts a silo of a cluster, which has no gateway.</summary>
    public static Task<Backend> StartSilo(params (string Key, object Value)[] settings)
    {
        var directory = new TestDirectory();
        return Start(SiloHost.Build, directory, directory, settings);
    }

    /// <summary>Starts a gateway of a cluster.</summary>
    public static async Task<Backend> StartGateway(params (string Key, object Value)[] settings)
    {
        var directory = new TestDirectory();
        var backend = await Start(GatewayHost.Build, directory, directory, settings);
        await backend.Lanes.Ready.Within();
        return backend;
    }

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
        Operators.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _owned?.Dispose();
    }

    private static async Task<Backend> Start(
        TestDirectory directory, TestDirectory? owned, (string Key, object Value)[] settings)
    {
        var backend = await Start(SiloHost.Build, directory, owned, settings);
        await backend.Lanes.Ready.Within();
        return backend;
    }

    private static async Task<Backend> Start(
        Func<string[], WebApplication> build,
        TestDirectory directory,
        TestDirectory? owned,
        (string Key, object Value)[] settings)
    {
        (string Key, object Value)[] defaults =
        [
            ("environment", "Development"),
            ("Gateway:TcpPort", Ports.Take()), ("Gateway:HttpPort", Ports.Take()), ("Gateway:KcpPort", Ports.Take()),
            ("Silo:Port", Ports.Take()), ("Silo:GatewayPort", Ports.Take()), ("Silo:HttpPort", Ports.Take()),
            ("Store:Directory", Path.Combine(directory.Path, "data")), ("Store:Fsync", false),
            ("Logs:Directory", Path.Combine(directory.Path, "logs")), ("Serilog:MinimumLevel:Default", "Warning"),
            ("Admin:Key", AdminKey), ("Admin:Port", Ports.Take()),
        ];
        WebApplication? app = null;
        try
        {
            app = build([.. defaults.Concat(settings).Select(
                setting => FormattableString.Invariant($"--{setting.Key}={setting.Value}"))]);
            await app.StartAsync();
            return new Backend(app, owned);
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            owned?.Dispose();
            throw;
        }
    }
}
