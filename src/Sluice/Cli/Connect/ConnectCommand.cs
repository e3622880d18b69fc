using System.CommandLine;
using System.Globalization;
using System.Text;
using Sluice.Configuration;

namespace Sluice.Cli.Connect;

/// <summary>The answer of <c>connect</c>.</summary>
internal sealed record ConnectDocument(
    bool Ok,
    string Client,
    string Url,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> Unset,
    IReadOnlyList<ConnectFileDocument> Files,
    IReadOnlyList<string> Notes);

/// <summary>A file of the client.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Content">What it should hold; with <c>--print</c> what a new one would hold.</param>
/// <param name="Written">True when it was changed.</param>
/// <param name="Backup">Where the file as it was is kept.</param>
internal sealed record ConnectFileDocument(string Path, string Content, bool Written, string? Backup);

/// <summary><c>connect</c>: points a client at Sluice, by printing what to set or by changing the client's own settings.</summary>
internal static class ConnectCommand
{
    private const string KeyPlaceholder = "YOUR_SLUICE_KEY";

    public static Command Create(CommandTree tree)
    {
        var group = new Command("connect", "Point a client at Sluice.");
        var print = new Option<bool>("--print") { Description = "Print what to set and change nothing." };
        var url = new Option<string?>("--url") { Description = "Where Sluice is; the configuration's address when absent.", HelpName = "URL" };
        var key = new Option<string?>("--key") { Description = "The API key; the variable SLUICE_API_KEY when absent.", HelpName = "KEY" };
        var model = new Option<string?>("--model") { Description = "The model to use; the client's own choice when absent.", HelpName = "MODEL" };
        url.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
            {
                result.AddError("--url takes a URL such as http://127.0.0.1:8080");
            }
        });
        Add("claude", "Claude Code", ClaudeSetup.Create);
        Add("codex", "Codex", CodexSetup.Create);
        Add("gemini", "Gemini CLI", GeminiSetup.Create);
        Add("openai", "OpenAI SDKs and tools that read their variables", OpenAISetup.Create);
        return group;

        void Add(string name, string description, Func<ConnectRequest, ClientSetup> create) => tree.Add(
            group,
            name,
            description,
            async (parse, output, cancellation) =>
            {
                var host = tree.Host;
                var found = parse.GetValue(key) ?? host.Variables.GetValueOrDefault("SLUICE_API_KEY");
                var address = parse.GetValue(url) ?? ConfiguredAddress(host, tree.Common.Serve(parse));
                var setup = create(new ConnectRequest(WithoutVersion(address), found ?? KeyPlaceholder, parse.GetValue(model), host.Home, host.Variables));
                if (parse.GetValue(print) || setup.Files.Count == 0)
                {
                    return Print(setup, address, output);
                }

                return found is null
                    ? output.Fail(ExitCode.Usage, "a key is needed: --key KEY, or the variable SLUICE_API_KEY (\"sluice keys create NAME\" makes one); --print only shows what to set")
                    : await WriteAsync(host, setup, address, found, output, cancellation);
            },
            print,
            url,
            key,
            model,
            tree.Common.Config);
    }

    private static string ConfiguredAddress(CommandHost host, ServeOptions options)
    {
        var loaded = host.LoadBeforeDatabase(options);
        return loaded.Errors.Count == 0 ? ListenAddress.ForClients(loaded.Config.Server.Urls) : throw new ConfigException(loaded.Errors);
    }

    // The vendors' SDKs differ in who adds the version; people paste either form.
    private static string WithoutVersion(string url)
    {
        url = url.TrimEnd('/');
        return url.EndsWith("/v1", StringComparison.Ordinal) ? url[..^"/v1".Length] : url;
    }

    private static int Print(ClientSetup setup, string url, CommandOutput output)
    {
        output.Document(Document(setup, url, [.. setup.Files.Select(f => new ConnectFileDocument(f.Path, f.Minimal, false, null))]), CommandJson.Default.ConnectDocument);
        output.Line($"# {setup.Client} → Sluice at {url}");
        foreach (var name in setup.Unset)
        {
            output.Line($"unset {name}");
        }

        foreach (var (name, value) in setup.Environment)
        {
            output.Line($"export {name}={Shell.Quote(value)}");
        }

        foreach (var file in setup.Files)
        {
            output.Line();
            output.Line($"# {file.Path}");
            output.Line(file.Minimal.TrimEnd('\n'));
        }

        if (setup.Notes.Count > 0)
        {
            output.Line();
        }

        foreach (var note in setup.Notes)
        {
            output.Line($"# {note}");
        }

        return ExitCode.Ok;
    }

    private static async Task<int> WriteAsync(CommandHost host, ClientSetup setup, string url, string key, CommandOutput output, CancellationToken cancellationToken)
    {
        // All edits first: either every file can be changed, or none is.
        var edits = new List<(string Path, string Before, string After)>();
        foreach (var file in setup.Files)
        {
            var before = File.Exists(file.Path) ? await File.ReadAllTextAsync(file.Path, cancellationToken) : "";
            if (file.Edit(before) is not { } after)
            {
                return output.Fail(ExitCode.Failure, $"{file.Path} is not what was expected (plain JSON without comments) and stays as it is; --print shows what to set");
            }

            edits.Add((file.Path, before, after));
        }

        var documents = new List<ConnectFileDocument>();
        foreach (var (path, before, after) in edits)
        {
            if (before == after)
            {
                output.Line($"{path}: nothing to change");
                documents.Add(new ConnectFileDocument(path, after, false, null));
                continue;
            }

            output.Line(path);
            foreach (var line in LineDiff.Of(before, after))
            {
                output.Line("  " + line.Replace(key, "***", StringComparison.Ordinal));
            }

            var backup = before.Length > 0 ? $"{path}.before-sluice-{host.Time.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}" : null;
            Replace(path, after, backup);
            documents.Add(new ConnectFileDocument(path, after, true, backup));
            output.Line(backup is null ? "written" : $"written; as it was: {backup}");
        }

        output.Document(Document(setup, url, documents), CommandJson.Default.ConnectDocument);
        foreach (var note in setup.Notes)
        {
            output.Line(note);
        }

        return ExitCode.Ok;
    }

    private static ConnectDocument Document(ClientSetup setup, string url, IReadOnlyList<ConnectFileDocument> files)
        => new(true, setup.Client, url, new Dictionary<string, string>(setup.Environment), setup.Unset, files, setup.Notes);

    // The file holds a key: readable by its owner alone when it is new. A link (dotfiles are often links) stays a link.
    private static void Replace(string path, string content, string? backup)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File.Exists(target) ? File.GetUnixFileMode(target) : UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        if (backup is not null)
        {
            File.Copy(target, backup, overwrite: true);
        }

        var temporary = $"{target}.{Guid.NewGuid():n}";
        using (var writer = new StreamWriter(temporary, new UTF8Encoding(false), options))
        {
            writer.Write(content);
        }

        File.Move(temporary, target, overwrite: true);
    }
}
