using System.Net.Security;

namespace GameBackend.TestKit.Wire;

/// <summary>A gateway of this machine, in this process or in one of its own.</summary>
public interface IGateway
{
    int TcpPort { get; }

    int HttpPort { get; }

    int KcpPort { get; }

    /// <summary>Whether a certificate is the gateway's; null where it speaks without TLS.</summary>
    RemoteCertificateValidationCallback? IsShown { get; }

    /// <summary>To its HTTP port.</summary>
    HttpClient Http { get; }

    /// <summary>To its operators' port.</summary>
    HttpClient Operators { get; }

    string AdminKey { get; }
}
