using System.Net;
using GameBackend.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;

namespace GameBackend.Gateway.Transports;

/// <summary>A raw TCP (or TLS) client on Kestrel's pipes.</summary>
internal sealed class TcpConnection(ConnectionContext context, GatewayOptions options)
    : ClientConnection(options.MaxQueuedBytes)
{
    public override string Transport => "tcp";

    public override EndPoint? Remote => context.RemoteEndPoint;

    public override async Task ReceiveAsync(Session session)
    {
        var input = context.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync();
            var buffer = read.Buffer;
            while (Frames.TryTake(ref buffer, options.MaxFrameBytes, out var envelope))
                session.Receive(envelope, more: buffer.Length > Frames.HeaderBytes);
            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted || read.IsCanceled)
                return;
        }
    }

    public override async Task DiscardAsync()
    {
        while (true)
        {
            var read = await context.Transport.Input.ReadAsync();
            context.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled)
                return;
        }
    }

    public override void Abort() => context.Abort();

    protected override async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        var flushed = await context.Transport.Output.WriteAsync(frames);
        if (flushed.IsCompleted)
            throw new ConnectionAbortedException("The client has stopped reading.");
    }

    protected override ValueTask FinishAsync() => context.Transport.Output.CompleteAsync();
}
