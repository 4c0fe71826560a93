namespace GameBackend.Gateway.Tests.Transports;

/// <summary>Both ports with a certificate.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task With_a_certificate_both_transports_and_accounts_speak_tls()
    {
        using var directory = new TestDirectory();
        await using var backend = await Backend.Start(
            ("Gateway:TlsCertificate", TestCertificate.WriteTo(directory)),
            ("Gateway:TlsPassword", TestCertificate.Password));
        foreach (var transport in Enum.GetValues<Transport>())
        {
            await using var client = await backend.Play(transport);
            await client.Ask<SetProfileRequest, SetProfileReply>(new SetProfileRequest { Motto = "in secret" });
            Assert.Equal("in secret", (await client.Fetch()).Profile.Motto);
            await client.SendFrame(new byte[] { 0xFF });
            Assert.Equal(GoodbyeReason.ProtocolViolation, (await client.Goodbye()).Reason);
        }

        await Wait.Until(() => backend.Registry.Connections == 0);
    }
}
