using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class McpSettingsTests
{
    [Fact]
    public void Load_AllSettings_AreRead()
    {
        using var folder = new ConfigurationFolder("""
            mcp:
              allowed_origins: ["https://chat.example.com/"]
              max_message_bytes: 2048
              servers:
                - { name: web, url: "https://mcp.example.com/mcp", api_key: "${KEY}", headers: { x-team: "${KEY}" }, tools: ["get_*"], timeout: 5s, price_per_call: 0.01 }
                - { name: local, transport: stdio, command: node, args: ["a.js", ""], env: { PATH: /usr/bin } }
            keys:
              - { name: k, key: text, mcp: ["web/*"] }
            """);
        folder.Variables["KEY"] = "secret-value";

        var loaded = folder.Load();

        loaded.Errors.ShouldBeEmpty();
        var mcp = loaded.Config.Mcp;
        mcp.AllowedOrigins.ShouldBe(["https://chat.example.com"]);
        mcp.MaxMessageBytes.ShouldBe(2048);
        var (web, local) = (mcp.Servers[0], mcp.Servers[1]);
        (web.Transport, web.ApiKey.Reveal(), web.Headers["x-team"].Reveal(), web.Timeout, web.PricePerCall).ShouldBe(("http", "secret-value", "secret-value", TimeSpan.FromSeconds(5), 0.01m));
        web.Tools.ShouldBe(["get_*"]);
        (local.Command, local.Env["PATH"].Reveal(), local.Timeout).ShouldBe(("node", "/usr/bin", TimeSpan.FromSeconds(60)));
        local.Args.ShouldBe(["a.js", ""]);
        loaded.Config.Keys[0].Mcp.ShouldBe(["web/*"]);
    }

    [Fact]
    public void Load_Key_MayUseNoToolUnlessItSaysSo()
    {
        using var folder = new ConfigurationFolder("keys: [ { name: k, key: text } ]");

        folder.Load().Config.Keys[0].Mcp.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{ name: a__b, url: \"http://h\" }", "__")]
    [InlineData("{ name: a_, url: \"http://h\" }", "must not end in _")]
    [InlineData("{ name: a.b, url: \"http://h\" }", "letters, digits")]
    [InlineData("{ name: abcdefghijklmnopqrstuvwxyz0123456, url: \"http://h\" }", "1 to 32")]
    [InlineData("{ name: a }", "\"url\" is missing")]
    [InlineData("{ name: a, transport: stdio }", "\"command\" is missing")]
    [InlineData("{ name: a, url: \"http://h\", command: x }", "belong to the transport stdio")]
    [InlineData("{ name: a, transport: stdio, command: x, url: \"http://h\" }", "belong to the transports http and sse")]
    [InlineData("{ name: a, transport: tcp, url: \"http://h\" }", "transport")]
    [InlineData("{ name: a, url: \"ftp://h\" }", "http://")]
    [InlineData("{ name: a, url: \"http://h\", headers: { \"bad name\": x } }", "no name of a header")]
    [InlineData("{ name: a, url: \"http://h\", headers: { Mcp-Session-Id: x } }", "written by the transport")]
    [InlineData("{ name: a, url: \"http://h\", api_key: k, headers: { Authorization: x } }", "exclude each other")]
    [InlineData("{ name: a, url: \"http://h\", price_per_call: -1 }", "negative")]
    [InlineData("{ name: a, url: \"http://h\", timeout: 0s }", "more than 0")]
    [InlineData("{ name: a, url: \"http://h\" }, { name: a, url: \"http://g\" }", "has the name \"a\" already")]
    public void Load_Mistake_IsTold(string servers, string message)
    {
        using var folder = new ConfigurationFolder($"mcp: {{ servers: [ {servers} ] }}");

        folder.Load().Errors.ShouldContain(error => error.Message.Contains(message, StringComparison.Ordinal) || error.Path.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void SameAs_EqualSettingsReadTwice_AreTheSame()
    {
        const string Yaml = "mcp: { servers: [ { name: a, url: \"http://h\", headers: { x: secret-1 }, tools: [b] } ] }";
        using var folder = new ConfigurationFolder(Yaml);
        var (first, second) = (Read(), Read());
        folder.Write(Yaml.Replace("secret-1", "secret-2", StringComparison.Ordinal));

        first.SameAs(second).ShouldBeTrue();
        first.SameAs(Read()).ShouldBeFalse();

        McpServerConfig Read() => folder.Load().Config.Mcp.Servers[0];
    }
}
