global using GameBackend.Protocol;
