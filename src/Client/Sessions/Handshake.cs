using GameBackend.Protocol;

namespace GameBackend.Client.Sessions;

/// <summary>What came of a handshake.</summary>
/// <param name="Welcome">The session, if the server has taken it.</param>
/// <param name="Error">Why it was refused; null if the connection ended without an answer.</param>
internal sealed record HandshakeResult(Welcome? Welcome, GameError? Error)
{
    /// <summary>Logs in or resumes, and waits for the answer. Nothing after the answer is read.</summary>
    public static async Task<HandshakeResult> Of(
        Connection connection, ClientSession session, string accessToken, CancellationToken cancellation)
    {
        var (id, op, body) = session.BeginHandshake(accessToken);
        connection.Send(id, op, body);
        using var end = cancellation.Register(
            () => connection.Abort(new TimeoutException("No answer to the handshake.")));
        try
        {
            while (await connection.Receive(cancellation).ConfigureAwait(false) is { } envelope)
            {
                if (envelope.Op == Opcodes.OfPush<Goodbye>().Op)
                    connection.Goodbye = Goodbye.Parser.ParseFrom(envelope.Body);
                if (envelope.Id != id)
                    continue;
                return envelope.Error == GameError.Ok
                    ? new HandshakeResult(Welcome.Parser.ParseFrom(envelope.Body), GameError.Ok)
                    : new HandshakeResult(null, envelope.Error);
            }
        }
        catch (Exception e)
        {
            connection.Abort(e);
        }
        return new HandshakeResult(null, null);
    }
}
