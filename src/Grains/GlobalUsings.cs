global using GameBackend.Grains.Cluster;
global using GameBackend.Grains.Interfaces;
global using GameBackend.Protocol;
global using Orleans;
global using Orleans.Concurrency;
