using System.Threading.Channels;
using GameBackend.Client.Transports;
using GameBackend.Protocol;
using Google.Protobuf;

namespace GameBackend.Client.Tests;

/// <summary>The server's end of one connection.</summary>
internal sealed class FakeConnection(ITransport transport, FakeWorld world, Action abort)
{
    private readonly Channel<ServerEnvelope> _outgoing = Channel.CreateUnbounded<ServerEnvelope>();

    /// <summary>Sees each request first. False means that the world does not get it.</summary>
    public Func<ClientEnvelope, bool> OnRequest { get; set; } = _ => true;

    /// <summary>Sees each envelope before it goes out. False means that it gets lost.</summary>
    public Func<ServerEnvelope, bool> OnSend { get; set; } = _ => true;

    public void Send(ServerEnvelope envelope) => _outgoing.Writer.TryWrite(envelope);

    public void Push((ulong Seq, uint Op, ByteString Body) item) =>
        Send(new ServerEnvelope { Seq = item.Seq, Op = item.Op, Body = item.Body });

    public void Push<T>(T message) where T : IMessage<T> => Push((0, Opcodes.OfPush<T>().Op, message.ToByteString()));

    /// <summary>Says why, and then nothing more. The client closes.</summary>
    public void Close(Goodbye goodbye)
    {
        Push(goodbye);
        _outgoing.Writer.TryComplete();
    }

    public void Cut() => abort();

    public async Task Serve()
    {
        var sending = SendAll();
        try
        {
            while (await transport.Receive(default) is { } bytes)
            {
                var request = ClientEnvelope.Parser.ParseFrom(bytes.Span);
                if (OnRequest(request))
                    world.Handle(this, request);
            }
        }
        catch (Exception)
        {
            // Tests cut connections in every way.
        }
        world.Detach(this);
        _outgoing.Writer.TryComplete();
        await sending;
    }

    private async Task SendAll()
    {
        try
        {
            await foreach (var envelope in _outgoing.Reader.ReadAllAsync())
            {
                if (OnSend(envelope))
                    await transport.Send(envelope.ToByteArray(), more: false, default);
            }
        }
        catch (Exception)
        {
            // As above.
            abort();
        }
    }
}
