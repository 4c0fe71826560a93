using GameBackend.Gateway.Hosting;

return await Startup.Run(args, GatewayHost.Known, GatewayHost.Build);
