using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>A connection to the cluster port without the cluster's secret gets no answer and does no harm.</summary>
[Collection(PostgresTests.Name)]
public sealed class ClusterPortTests(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    [SkippableFact]
    public async Task Plain_TCP_and_another_key_are_refused_and_the_cluster_goes_on()
    {
        var nodes = await StartNodesAsync(2);
        var session = await nodes[0].Api.CreateSessionAsync();
        var port = int.Parse(nodes[0].Setup.Arguments.SkipWhile(a => a != "--cluster-port").ElementAt(1), System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(await IsClosedAfterAsync(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray()), "An HTTP request got an answer.");
        Assert.True(await IsClosedAfterAsync(port, RandomNumberGenerator.GetBytes(100_000)), "Noise got an answer.");
        Assert.True(await IsRefusedAsync(port, certificate: null), "A TLS client without a certificate was taken.");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = new CertificateRequest("CN=opencode", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Assert.True(await IsRefusedAsync(port, stranger), "A TLS client with another key was taken.");

        foreach (var node in nodes)
            await node.Api.AskAsync(session, "hello");
        await MembersAsync(nodes);
        Assert.DoesNotContain(nodes, node => node.Log.Contains(SharedSecret, StringComparison.Ordinal));
    }

    // Closed, or silent until the node gives up: but no bytes back.
    private static async Task<bool> IsClosedAfterAsync(int port, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        try
        {
            await client.GetStream().WriteAsync(bytes);
            var buffer = new byte[4_096];
            using var limit = new CancellationTokenSource(Eventually.Generous);
            var count = await client.GetStream().ReadAsync(buffer, limit.Token);
            return count == 0 || buffer[0] == 0x15; // a TLS alert says that it was no TLS
        }
        catch (IOException)
        {
            return true;
        }
    }

    // With TLS 1.3 a client learns only by its first read that its certificate was refused.
    private static async Task<bool> IsRefusedAsync(int port, X509Certificate2? certificate)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        try
        {
#pragma warning disable CA5359 // The test is the one that is not to be trusted.
            await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "opencode", ClientCertificates = certificate is null ? [] : [certificate] });
            await tls.WriteAsync(Encoding.ASCII.GetBytes("not a message of Akka"));
            using var limit = new CancellationTokenSource(Eventually.Generous);
            return await tls.ReadAsync(new byte[16], limit.Token) == 0;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return true;
        }
    }
}
