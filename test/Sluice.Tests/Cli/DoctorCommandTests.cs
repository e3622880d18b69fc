using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sluice.Tests.Cli;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly CommandRun _run = new("server: { urls: \"http://127.0.0.1:0\" }");

    [Fact]
    public async Task Doctor_EverythingWell_EndsWithZero()
    {
        _run.Variables["GROQ_API_KEY"] = "gsk-secret";

        (await _run.RunAsync("doctor --offline --json")).ShouldBe(0, _run.Text);

        _run.Json.GetProperty("ok").GetBoolean().ShouldBeTrue();
        Check("configuration").GetProperty("status").GetString().ShouldBe("ok");
        Check("sqlite").GetProperty("message").GetString()!.ShouldMatch(@" \d+\.\d+\.\d+");
        Check("data folder").GetProperty("message").GetString()!.ShouldContain("GiB free");
        Check("environment").GetProperty("message").GetString()!.ShouldContain("GROQ_API_KEY");
        Check("open files").GetProperty("message").GetString()!.ShouldContain("limit");
        Check("provider groq").GetProperty("message").GetString()!.ShouldBe("api.groq.com:443, not tried");
        _run.Text.ShouldNotContain("gsk-secret");
        Directory.Exists(_run.File("data")).ShouldBeFalse();
    }

    [Fact]
    public async Task Doctor_ConfigurationInvalid_EndsWithThree()
    {
        _run.Write("server: { nonsense: 1 }", "sluice.yaml");

        (await _run.RunAsync("doctor --offline --json")).ShouldBe(3);

        Check("configuration").GetProperty("message").GetString()!.ShouldContain("sluice.yaml:1: server.nonsense");
    }

    [Fact]
    public async Task Doctor_ProviderRefusesConnections_EndsWithFour()
    {
        _run.Write($"server: {{ urls: \"http://127.0.0.1:0\" }}\nproviders: [ {{ name: a, type: openai-compatible, base_url: \"http://127.0.0.1:{ClosedPort()}/v1\" }} ]", "sluice.yaml");

        (await _run.RunAsync("doctor")).ShouldBe(4);

        _run.Text.ShouldMatch("failed +provider a");
    }

    [Fact]
    public async Task Doctor_ProviderListens_IsReached()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _run.Write($"server: {{ urls: \"http://127.0.0.1:0\" }}\nproviders: [ {{ name: a, type: openai-compatible, base_url: \"http://{listener.LocalEndpoint}/v1\" }} ]", "sluice.yaml");

        (await _run.RunAsync("doctor --json")).ShouldBe(0, _run.Text);

        Check("provider a").GetProperty("message").GetString()!.ShouldContain("takes connections");
    }

    [Fact]
    public async Task Doctor_PortInUse_EndsWithFour()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var refuse = RefuseHttpAsync(listener);

        (await _run.RunAsync($"doctor --offline --json --urls http://{listener.LocalEndpoint}")).ShouldBe(4);

        Check("port").GetProperty("fix").GetString()!.ShouldContain("--urls");
        await refuse;
    }

    [Fact]
    public async Task Doctor_DataFolderIsAFile_Fails()
    {
        _run.Write("", "file");

        (await _run.RunAsync($"doctor --offline --json --data {_run.File("file")}/data")).ShouldBe(1, _run.Text);

        Check("data folder").GetProperty("status").GetString().ShouldBe("failed");
    }

    [Fact]
    public async Task Doctor_ShortAdministratorKey_Fails()
    {
        _run.Variables["SLUICE_ADMIN_KEY"] = "short";

        (await _run.RunAsync("doctor --offline")).ShouldBe(1);

        _run.Text.ShouldContain("fewer than 32 characters");
    }

    public void Dispose() => _run.Dispose();

    private JsonElement Check(string name)
        => _run.Json.GetProperty("checks").EnumerateArray().First(c => c.GetProperty("name").GetString() == name);

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RefuseHttpAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        client.Close();
    }
}
