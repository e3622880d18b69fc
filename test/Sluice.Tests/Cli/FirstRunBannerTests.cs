using System.Text.Json;
using Sluice.Cli;

namespace Sluice.Tests.Cli;

public sealed class FirstRunBannerTests
{
    private static readonly BannerContent Content = new()
    {
        Addresses = ["http://[::]:8080"],
        Providers = ["simulator"],
        IsNew = true,
        SetupUrl = "http://127.0.0.1:8080/setup?token=t",
        ExampleKey = "sk-1",
        ExampleModel = "sim-1",
    };

    [Fact]
    public void Write_FirstRun_HasTheLinkAndACallToPaste()
    {
        using var writer = new StringWriter { NewLine = "\n" };

        FirstRunBanner.Write(writer, Content, json: false);

        var text = writer.ToString();
        text.ShouldContain("  Listening  http://[::]:8080\n");
        text.ShouldContain("  Set up     http://127.0.0.1:8080/setup?token=t\n");
        text.ShouldContain("sluice init");
        text.ShouldContain("""
            curl -N http://127.0.0.1:8080/v1/chat/completions -H 'authorization: Bearer sk-1' -H 'content-type: application/json' -d '{"model":"sim-1","stream":true,"messages":[{"role":"user","content":"Hello"}]}'
            """);
    }

    [Fact]
    public void Write_SetUpAlready_HasNoLink()
    {
        using var writer = new StringWriter();

        FirstRunBanner.Write(writer, Content with { IsNew = false, SetupUrl = null, Providers = ["openai"] }, json: false);

        writer.ToString().ShouldNotContain("Set up");
        writer.ToString().ShouldNotContain("simulated");
    }

    [Fact]
    public void Write_WithJson_IsOneLine()
    {
        using var writer = new StringWriter { NewLine = "\n" };

        FirstRunBanner.Write(writer, Content, json: true);

        var line = writer.ToString();
        line.Count(c => c == '\n').ShouldBe(1);
        var ready = JsonDocument.Parse(line).RootElement;
        ready.GetProperty("event").GetString().ShouldBe("ready");
        ready.GetProperty("setup_url").GetString().ShouldBe("http://127.0.0.1:8080/setup?token=t");
        ready.GetProperty("addresses")[0].GetString().ShouldBe("http://[::]:8080");
        ready.GetProperty("new").GetBoolean().ShouldBeTrue();
    }
}
