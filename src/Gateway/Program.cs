using GameBackend.Gateway.Hosting;

return await Startup.Run(args, GatewayHost.Build);
