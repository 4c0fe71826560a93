using GameBackend.Gateway.Hosting;
using GameBackend.Grains.Storage;
using GameBackend.Silo;

return await Startup.Run(args, SiloHost.Known, SiloHost.Build, failure => failure is EmbeddedStoreException);
