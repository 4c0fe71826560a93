using System.Net.WebSockets;
using GameBackend.Gateway.Battle;
using GameBackend.Gateway.Chat;
using GameBackend.Gateway.Dispatch;
using GameBackend.Gateway.Transports;

namespace GameBackend.Gateway.Sessions;

/// <summary>Runs a connection from its first byte to its last, whatever its transport.</summary>
internal sealed partial class SessionHost(
    Dispatcher dispatcher,
    SessionRegistry registry,
    Drain drain,
    ChannelHub channels,
    BattleHub battles,
    ILogger<SessionHost> logger)
{
    private static readonly TimeSpan DetachRetry = TimeSpan.FromSeconds(1);

    /// <param name="slot">Stays the caller's, who releases it when nothing of the connection is left.</param>
    public async Task Run(ClientConnection connection, ConnectionSlot slot)
    {
        var session = new Session(connection, dispatcher, slot);
        if (slot.IsAdmitted)
            registry.Add(session);
        try
        {
            if (drain.Started)
                session.Close(GoodbyeReason.Draining, "This gateway is going down.", drain.Elsewhere);
            else if (!slot.IsAdmitted)
                session.Close(GoodbyeReason.Full, "This gateway has as many connections as it may.", drain.Elsewhere);
            await Receive(session, connection);
        }
        catch (Exception e) when (IsEndOfSocket(e))
        {
            // Sockets end in many ways; all mean that the client is gone.
            LogEnded(e, connection.Transport, session.PlayerId);
        }
        catch (Exception e)
        {
            LogBroken(e, connection.Transport, session.PlayerId);
        }
        finally
        {
            session.Ended();
            registry.Remove(session);
            if (session.Hears)
                channels.Leave(session);
            if (session.Battle is not null)
                battles.Leave(session);
            if (session.Epoch != 0)
                _ = Detach(session);
            await connection.EndAsync();
        }
    }

    private async Task Receive(Session session, ClientConnection connection)
    {
        try
        {
            await connection.ReceiveAsync(session);
        }
        catch (ProtocolViolationException violation)
        {
            dispatcher.Metrics.Violations.Add(1);
            session.Close(GoodbyeReason.ProtocolViolation, violation.Message);
            await connection.DiscardAsync();
        }
    }

    private static bool IsEndOfSocket(Exception e) =>
        e is IOException or WebSocketException or OperationCanceledException
        or ObjectDisposedException;

    /// <summary>
    /// Opens the resume window. If nobody can be told, the player grain misses the heartbeats and finds out.
    /// </summary>
    private async Task Detach(Session session)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                await session.Player.Detach(session.Epoch, session.AckedSeq);
                return;
            }
            catch (Exception e)
            {
                LogDetachFailed(e, session.PlayerId);
                await Task.Delay(DetachRetry);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A {Transport} connection of player {PlayerId} has ended")]
    private partial void LogEnded(Exception exception, string transport, long playerId);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "A {Transport} connection of player {PlayerId} has ended by a fault")]
    private partial void LogBroken(Exception exception, string transport, long playerId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Player {PlayerId} could not be told that the connection is gone")]
    private partial void LogDetachFailed(Exception exception, long playerId);
}
