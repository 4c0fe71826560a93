using GameBackend.Gateway.Hosting;
using GameBackend.Silo;

return await Startup.Run(args, SiloHost.Build);
