using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Cli;
using Sluice.Tests.Configuration;

namespace Sluice.Tests.Cli;

/// <summary>Runs commands in this process, in a folder of their own, with captured output and an empty environment.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly ConfigurationFolder _folder;

    public CommandRun(string? yaml = null)
    {
        _folder = new ConfigurationFolder(yaml);
        Variables["HOME"] = _folder.File("home");
    }

    public StringWriter Out { get; private set; } = new();

    public StringWriter Error { get; private set; } = new();

    public Dictionary<string, string> Variables => _folder.Variables;

    /// <summary>What the built service holds.</summary>
    public Action<IServiceCollection> Services { get; set; } = _ => { };

    public Func<ServeOptions, WebApplication>? Build { get; set; }

    public StartSimulator? StartSimulator { get; set; }

    public string Text => Out.ToString();

    public string ErrorText => Error.ToString();

    /// <summary>Standard output as the one JSON document that it must be.</summary>
    public JsonElement Json
    {
        get
        {
            Text.TrimEnd('\n').ShouldNotContain("\n");
            return JsonDocument.Parse(Text).RootElement;
        }
    }

    public string File(string name) => _folder.File(name);

    public void Write(string text, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        _folder.Write(text, name);
    }

    public async Task<int> RunAsync(string commandLine, CancellationToken cancellationToken = default)
    {
        (Out, Error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        return await SluiceCommandLine.RunAsync(
            commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new CommandHost
            {
                Out = Out,
                Error = Error,
                Variables = Variables,
                CurrentDirectory = _folder.Path,
                OutIsTerminal = false,
                BuildApplication = Build ?? BuildEmpty,
                ProviderTypes = () => ConfigurationFolder.Types,
                StartSimulator = StartSimulator,
            },
            cancellationToken);
    }

    public void Dispose() => _folder.Dispose();

    private WebApplication BuildEmpty(ServeOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(options.Urls ?? "http://127.0.0.1:0");
        Services(builder.Services);
        return builder.Build();
    }
}
