using System.Net;
using System.Security.Cryptography.X509Certificates;
using GameBackend.Gateway.Accounts;
using GameBackend.Gateway.Admin;
using GameBackend.Gateway.Battle;
using GameBackend.Gateway.Chat;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Lanes;
using GameBackend.Gateway.Metrics;
using GameBackend.Gateway.Routes;
using GameBackend.Gateway.Sessions;
using GameBackend.Gateway.Transports;
using GameBackend.Gateway.Transports.Kcp;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GameBackend.Gateway.Hosting;

/// <summary>Puts a gateway into a host: alone beside an Orleans client, or inside a silo.</summary>
public static class GatewayHosting
{
    /// <summary>
    /// Adds sessions, routes and listeners. To be called after Orleans has been added, so that it starts first.
    /// </summary>
    public static void AddGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var shift = Instances.Shift(builder.Configuration.Instance());
        services.AddChecked<GatewayOptions>(GatewayOptions.Section).PostConfigure(options =>
        {
            options.TcpPort += options.TcpPort == 0 ? 0 : shift;
            options.HttpPort += shift;
            options.KcpPort += options.KcpPort == 0 ? 0 : shift;
            if (builder.Environment.IsDevelopment())
                options.ExemptNetworks ??= ["127.0.0.0/8", "::1"];
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new GatewayIdentity(
            Guid.NewGuid(),
            $"{Dns.GetHostName()}:{provider.GetRequiredService<IOptions<GatewayOptions>>().Value.HttpPort}"));
        services.AddAccounts(builder.Configuration);
        services.AddCors();
        services.AddSingleton<AllowedOrigins>();
        services.AddAdmin().PostConfigure<AdminOptions>(options => options.Port += options.Port == 0 ? 0 : shift);
        services.AddSingleton<GatewayMetrics>();
        services.AddMetricsEndpoint();
        services.AddSingleton<SystemRoutes>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton(provider => RouteList.Build(
            provider.GetRequiredService<SystemRoutes>(), provider.GetRequiredService<ChannelHub>(),
            provider.GetRequiredService<BattleHub>()));
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<ConnectionLimiter>();
        services.AddSingleton<SessionHost>();
        services.AddHostedSingleton<SessionSweeper>();
        services.AddHostedSingleton<ChannelHub>();
        services.AddHostedSingleton<BattleHub>();
        services.AddHostedSingleton<LaneSubscriber>();
        services.AddHostedSingleton<FirstCalls>();
        services.AddHostedSingleton<GatewayDirectory>();
        services.AddSingleton<GatewayList>(all => () => all.GetRequiredService<GatewayDirectory>().All);
        services.AddHostedSingleton<KcpListener>();
        services.AddHostedSingleton<Drain>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, Listeners>();
    }

    /// <summary>What a gateway listens on, as it is configured for the first instance.</summary>
    public static ListeningPort[] Ports(IConfiguration configuration)
    {
        var gateway = configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
        var admin = configuration.GetSection(AdminOptions.Section).Get<AdminOptions>() ?? new AdminOptions();
        return
        [
            new("gateway's TCP", gateway.TcpPort, gateway.ListenAny),
            new("gateway's HTTP", gateway.HttpPort, gateway.ListenAny),
            new("gateway's KCP", gateway.KcpPort, gateway.ListenAny, IsUdp: true),
            new("gateway's operators'", admin.Port, admin.ListenAny),
        ];
    }

    /// <summary>Maps accounts, the WebSocket path and health, and checks the routes.</summary>
    /// <param name="problems">What else keeps this process from working.</param>
    public static void MapGateway(
        this WebApplication app, Func<IServiceProvider, IEnumerable<string>>? problems = null)
    {
        app.Services.GetRequiredService<RouteTable>();
        var operators = app.Services.GetRequiredService<IOptions<AdminOptions>>().Value.Port;
        app.UseOperatorsPort(operators);
        app.UseTrustedProxies(app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value);
        app.UseAllowedOrigins();
        app.UseClientWebSockets();
        app.MapAccounts();
        app.MapAdmin();
        app.MapHealth(
            operators > 0 ? operators : app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.HttpPort,
            services => HealthEndpoints.OfGateway(services).Concat(problems?.Invoke(services) ?? []));
    }

    /// <summary>Calls back when the first client can be served, with the addresses for it.</summary>
    public static void OnReady(this WebApplication app, Action<string> ready)
    {
        var services = app.Services;
        app.Lifetime.ApplicationStarted.Register(() => _ = Tell());

        async Task Tell()
        {
            await Task.WhenAll(
                services.GetRequiredService<LaneSubscriber>().Ready, services.GetRequiredService<FirstCalls>().Answered);
            ready(Addresses(services));
        }
    }

    /// <summary>The addresses under which clients reach this gateway, for the log.</summary>
    public static string Addresses(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var tls = options.TlsCertificate is not null;
        var tcp = options.TcpPort == 0 ? "TCP off" : $"{(tls ? "tls" : "tcp")}://{options.Advertised(options.TcpPort)}";
        var http = options.Advertised(options.HttpPort);
        var kcp = options.KcpPort == 0 ? "KCP off" : $"kcp://{options.Advertised(options.KcpPort)}";
        return $"{tcp}, {(tls ? "https" : "http")}://{http} (accounts), {(tls ? "wss" : "ws")}://{http}/ws, {kcp}";
    }

    private static void AddHostedSingleton<TService>(this IServiceCollection services)
        where TService : class, IHostedService
    {
        services.AddSingleton<TService>();
        services.AddHostedService(provider => provider.GetRequiredService<TService>());
    }

    /// <summary>Kestrel's two endpoints.</summary>
    private sealed class Listeners(
        IOptions<GatewayOptions> options, IOptions<AdminOptions> admin, IServiceProvider services,
        ILoggerFactory loggers) : IConfigureOptions<KestrelServerOptions>
    {
        // More than any route reads; the rest of a larger body is not waited for.
        private const int MaxRequestBytes = 64 * 1024;

        public void Configure(KestrelServerOptions kestrel)
        {
            var gateway = options.Value;
            var certificate = Certificate(gateway);
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = gateway.AuthenticateWithin;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.ListenOn(gateway.ListenAny, gateway.HttpPort, listen =>
            {
                // A WebSocket starts as HTTP/1.1.
                listen.Protocols = HttpProtocols.Http1;
                listen.UseAddressLimit(gateway, services.GetRequiredService<GatewayMetrics>());
                if (certificate is not null)
                    listen.UseHttps(certificate, https => https.HandshakeTimeout = gateway.AuthenticateWithin);
            });
            if (admin.Value is { Port: > 0 } own)
                kestrel.ListenOn(own.ListenAny, own.Port);

            if (gateway.TcpPort == 0)
                return;
            kestrel.ListenOn(gateway.ListenAny, gateway.TcpPort, listen =>
            {
                // Before TLS: the proxy speaks first, and in the clear.
                listen.UseProxyProtocol(gateway, loggers.CreateLogger("GameBackend.Gateway.Proxies"));
                listen.UseConnectionSlots(services.GetRequiredService<ConnectionLimiter>());
                if (certificate is not null)
                    listen.UseHttps(certificate, https => https.HandshakeTimeout = gateway.AuthenticateWithin);
                listen.UseConnectionHandler<TcpConnectionHandler>();
            });
        }

        private static X509Certificate2? Certificate(GatewayOptions gateway)
        {
            if (string.IsNullOrEmpty(gateway.TlsCertificate))
                return null;
            try
            {
                return X509CertificateLoader.LoadPkcs12FromFile(gateway.TlsCertificate, gateway.TlsPassword);
            }
            catch (Exception e)
            {
                throw new StartupException(
                    $"Gateway:TlsCertificate '{gateway.TlsCertificate}' cannot be used: {e.Message}");
            }
        }
    }
}
