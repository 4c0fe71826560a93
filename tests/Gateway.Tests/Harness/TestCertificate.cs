using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GameBackend.Gateway.Tests.Harness;

/// <summary>A certificate that is made for the run, and the check that a server shows this one and no other.</summary>
internal static class TestCertificate
{
    public const string Password = "of the test";

    private static readonly X509Certificate2 Certificate = Make();

    /// <summary>Writes it where a gateway can be told to read it.</summary>
    public static string WriteTo(TestDirectory directory)
    {
        var file = Path.Combine(directory.Path, "gateway.pfx");
        File.WriteAllBytes(file, Certificate.Export(X509ContentType.Pfx, Password));
        return file;
    }

    public static bool IsShown(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown?.GetCertHashString() == Certificate.GetCertHashString();

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
