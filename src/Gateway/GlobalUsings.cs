global using GameBackend.Grains.Interfaces;
global using GameBackend.Protocol;
global using Orleans;
global using Route = GameBackend.Gateway.Dispatch.Route;
