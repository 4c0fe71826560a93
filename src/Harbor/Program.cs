using GameBackend.Gateway.Hosting;
using GameBackend.Harbor;

return await Startup.Run(args, HarborHost.Known, HarborHost.Build);
