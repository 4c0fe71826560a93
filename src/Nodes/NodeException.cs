namespace GameBackend.Nodes;

/// <summary>A message or call between nodes has not been delivered or answered; <see cref="Error"/> says why.</summary>
public sealed class NodeException(NodeError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public NodeError Error => error;
}
