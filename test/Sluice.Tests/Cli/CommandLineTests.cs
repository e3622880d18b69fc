using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sluice.Configuration;

namespace Sluice.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly CommandRun _run = new();

    [Fact]
    public async Task Version_IsOneLine()
    {
        (await _run.RunAsync("--version")).ShouldBe(0);
        _run.Text.ShouldMatch(@"^\d+\.\d+\.\d+\S*\n$");

        (await _run.RunAsync("--version --json")).ShouldBe(0);
        _run.Json.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("bogus", "'bogus'")]
    [InlineData("serve --url http://x", "'--url'")]
    [InlineData("config", "see sluice config --help")]
    [InlineData("keys create", "see sluice keys create --help")]
    [InlineData("keys create x --rpm none", "--rpm")]
    [InlineData("keys create x --rpm 0", "--rpm takes a whole number of 1 or more")]
    [InlineData("keys create x --expires yesterday", "--expires takes 30d")]
    [InlineData("route explain m --dialect english", "'english'")]
    [InlineData("simulate", "--urls")]
    [InlineData("connect claude --url localhost:8080", "--url takes a URL")]
    public async Task Run_WrongUsage_EndsWithTwoAndSaysWhy(string commandLine, string reason)
    {
        (await _run.RunAsync(commandLine)).ShouldBe(2);

        _run.Text.ShouldBeEmpty();
        _run.ErrorText.ShouldContain(reason);
    }

    [Fact]
    public async Task Run_WrongUsageWithJson_IsOneDocument()
    {
        (await _run.RunAsync("bogus --json")).ShouldBe(2);

        _run.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        _run.Json.GetProperty("message").GetString()!.ShouldContain("bogus");
    }

    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    public async Task Serve_Mistakes_PrintsThemLikeACompilerAndEndsWithThree(string command)
    {
        _run.Build = _ => throw new ConfigException([new ConfigError("sluice.yaml", 12, "models[0].strategy", "unknown value \"prioirty\"; did you mean \"priority\"?")]);

        (await _run.RunAsync(command)).ShouldBe(3);

        _run.ErrorText.ShouldBe("sluice.yaml:12: models[0].strategy: unknown value \"prioirty\"; did you mean \"priority\"?\n");
        (await _run.RunAsync(command + " --json")).ShouldBe(3);
        _run.Json.GetProperty("errors")[0].GetProperty("line").GetInt32().ShouldBe(12);
    }

    [Fact]
    public async Task Serve_Options_ReachTheService()
    {
        ServeOptions? seen = null;
        _run.Build = options =>
        {
            seen = options;
            throw new ConfigException([]);
        };

        await _run.RunAsync("serve --urls http://127.0.0.1:1 --data d --config c.yaml --json");

        seen.ShouldBe(new ServeOptions { Urls = "http://127.0.0.1:1", Data = "d", Config = "c.yaml", Json = true });
    }

    [Fact]
    public async Task Serve_Stopped_EndsWithZero()
    {
        _run.Services = services => services.AddHostedService<StopAtOnce>();

        (await _run.RunAsync("serve")).ShouldBe(0, _run.ErrorText);
    }

    [Fact]
    public async Task Serve_AddressInUse_EndsWithFourAndSaysWhatToDo()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        (await _run.RunAsync($"serve --urls http://{other.LocalEndpoint}")).ShouldBe(4);

        _run.ErrorText.ShouldContain("address already in use");
        _run.ErrorText.ShouldContain("--urls");
    }

    [Fact]
    public async Task Init_WritesAFileThatIsValidWithAndWithoutItsComments()
    {
        (await _run.RunAsync("init")).ShouldBe(0);
        (await _run.RunAsync("config validate")).ShouldBe(0, _run.ErrorText);

        // Everything that is only commented out must be valid too.
        var lines = await File.ReadAllLinesAsync(_run.File("sluice.yaml"));
        var settings = lines.SkipWhile(l => l.StartsWith('#')).Where(l => !l.StartsWith("# What", StringComparison.Ordinal) && !l.StartsWith("# Upstream", StringComparison.Ordinal)
            && !l.StartsWith("# API", StringComparison.Ordinal) && !l.StartsWith("# \"provider", StringComparison.Ordinal));
        _run.Write(string.Join('\n', settings.Select(l => l.StartsWith("# ", StringComparison.Ordinal) ? l[2..] : l)), "sluice.yaml");
        foreach (var name in new[] { "OPENAI_API_KEY", "OPENAI_API_KEY_2", "ANTHROPIC_API_KEY", "CI_KEY" })
        {
            _run.Variables[name] = "x";
        }

        (await _run.RunAsync("config validate")).ShouldBe(0, _run.ErrorText);
        _run.Text.ShouldContain("3 providers, 1 models, 1 keys");
    }

    [Fact]
    public async Task Init_FileExists_IsKeptUnlessForced()
    {
        _run.Write("mine", "sluice.yaml");

        (await _run.RunAsync("init")).ShouldBe(1);
        (await File.ReadAllTextAsync(_run.File("sluice.yaml"))).ShouldBe("mine");

        (await _run.RunAsync("init --force --json")).ShouldBe(0);
        _run.Json.GetProperty("file").GetString().ShouldBe(_run.File("sluice.yaml"));
        (await File.ReadAllTextAsync(_run.File("sluice.yaml"))).ShouldContain("server:");
    }

    [Fact]
    public async Task Simulate_RunsUntilItIsStopped()
    {
        string? started = null;
        using var stop = new CancellationTokenSource();
        _run.StartSimulator = (urls, seed, _) =>
        {
            started = $"{urls} {seed}";
            stop.Cancel();
            return Task.FromResult<IAsyncDisposable>(new MemoryStream());
        };

        (await _run.RunAsync("simulate --urls http://127.0.0.1:9 --seed 7 --json", stop.Token)).ShouldBe(0);

        started.ShouldBe("http://127.0.0.1:9 7");
        _run.Json.GetProperty("urls")[0].GetString().ShouldBe("http://127.0.0.1:9");
    }

    public void Dispose() => _run.Dispose();

    private sealed class StopAtOnce(IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
            return Task.CompletedTask;
        }
    }
}
