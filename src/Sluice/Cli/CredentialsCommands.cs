using System.CommandLine;
using Sluice.Credentials;
using Sluice.Credentials.Import;

namespace Sluice.Cli;

/// <summary>An entry of <c>credentials import</c>.</summary>
internal sealed record ImportedCredentialDocument(string Where, string Name, string Status, string Message);

/// <summary>The answer of <c>credentials import</c>.</summary>
internal sealed record CredentialImportDocument(
    bool Ok, string Provider, bool DryRun, int Created, int Duplicates, int Refused, int Skipped, IReadOnlyList<ImportedCredentialDocument> Results);

/// <summary>An entry of <c>credentials test</c>.</summary>
internal sealed record TestedCredentialDocument(string Provider, string Name, bool Ok, int Status, string Message, long LatencyMs);

/// <summary>The answer of <c>credentials test</c>.</summary>
internal sealed record CredentialTestDocument(bool Ok, int Accepted, int Failed, IReadOnlyList<TestedCredentialDocument> Results);

/// <summary><c>credentials import</c> and <c>credentials test</c>: what calls go out with, in the database of the data folder.</summary>
internal static class CredentialsCommands
{
    /// <summary>A folder of key files has a few hundred of 2 KB each; anything of this size is no key.</summary>
    private const long LargestFile = 4 * 1024 * 1024;

    private const int TestsAtATime = 8;

    public static Command Create(CommandTree tree)
    {
        var group = new Command("credentials", "Import and test the credentials of providers.");
        AddImport(tree, group);
        AddTest(tree, group);
        return group;
    }

    private static void AddImport(CommandTree tree, Command group)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "One \"name,key\" or key a line, JSON, a Google key file, or - for standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var provider = new Option<string>("--provider") { Description = "The provider that the credentials are for.", HelpName = "NAME", Required = true };
        var folder = new Option<string?>("--google-keys") { Description = "A folder of Google key files (*.json).", HelpName = "DIR" };
        var map = new Option<string?>("--map-config") { Description = "A map-config.json; its key files are looked for beside it, or in the folder of --google-keys.", HelpName = "FILE" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Read and report, and store nothing." };
        tree.Add(
            group,
            "import",
            "Add many credentials to a provider; a bad one is named and takes none of the others down.",
            (parse, output, cancellation) =>
            {
                var sources = new List<ImportSource>();
                var fault = Collect(tree.Host, parse.GetValue(file), parse.GetValue(folder), parse.GetValue(map), sources);
                var request = new CredentialImportRequest(parse.GetValue(provider)!, sources) { DryRun = parse.GetValue(dryRun) };
                return fault is not null ? Task.FromResult(output.Fail(ExitCode.Usage, fault)) : ImportAsync(tree, tree.Common.Serve(parse), request, output, cancellation);
            },
            file,
            provider,
            folder,
            map,
            dryRun,
            tree.Common.Config,
            tree.Common.Data);
    }

    private static void AddTest(CommandTree tree, Command group)
    {
        var name = new Argument<string?>("NAME") { Description = "The credential's name; all when absent.", Arity = ArgumentArity.ZeroOrOne };
        var provider = new Option<string?>("--provider") { Description = "Only the credentials of this provider.", HelpName = "NAME" };
        var model = new Option<string?>("--model") { Description = "Send a smallest call to this model; without it the vendor's free list of models is asked.", HelpName = "MODEL" };
        tree.Add(
            group,
            "test",
            "Ask the vendor with each credential alone.",
            (parse, output, cancellation) => TestAsync(
                tree, tree.Common.Serve(parse), parse.GetValue(provider), parse.GetValue(name), parse.GetValue(model), output, cancellation),
            name,
            provider,
            model,
            tree.Common.Config,
            tree.Common.Data);
    }

    /// <summary>Reads what is to be imported; returns what is wrong with the command line, or null.</summary>
    private static string? Collect(CommandHost host, string? file, string? folder, string? map, List<ImportSource> sources)
    {
        if (file is null && folder is null && map is null)
        {
            return "name a FILE, --google-keys DIR or --map-config FILE";
        }

        try
        {
            if (file is "-")
            {
                sources.Add(new ImportSource("", Console.In.ReadToEnd()));
            }
            else if (file is not null)
            {
                // A list keeps no name, so that its lines are told by their numbers.
                var source = Read(Path.Combine(host.CurrentDirectory, file));
                sources.Add(source.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? source : source with { Name = "" });
            }

            if (map is not null)
            {
                var path = Path.Combine(host.CurrentDirectory, map);
                sources.Add(Read(path));
                folder ??= Path.GetDirectoryName(path)!;
            }

            if (folder is not null)
            {
                var files = Directory.EnumerateFiles(Path.Combine(host.CurrentDirectory, folder), "*.json", map is null ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories);
                sources.AddRange(files.Order(StringComparer.Ordinal).Where(path => map is null || Path.GetFileName(path) != Path.GetFileName(map)).Select(Read));
            }

            return sources.Count == 0 ? $"there is no *.json in {folder}" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>A file that is too large is named in the report instead of being read.</summary>
    private static ImportSource Read(string path)
        => new(Path.GetFileName(path), new FileInfo(path).Length > LargestFile ? "" : File.ReadAllText(path));

    private static async Task<int> ImportAsync(
        CommandTree tree, ServeOptions options, CredentialImportRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        await using var app = tree.Host.BuildApplication(options);
        if (app.Services.GetService<ICredentialImport>() is not { } import)
        {
            return output.Fail(ExitCode.Failure, "this build has no credentials in the database");
        }

        if (await import.ImportAsync(request, cancellationToken) is not { } results)
        {
            return output.Fail(ExitCode.NotFound, $"there is no provider \"{request.Provider}\"");
        }

        int Count(ImportStatus status) => results.Count(result => result.Status == status);
        var (created, duplicates, refused, skipped) = (Count(ImportStatus.Created), Count(ImportStatus.Duplicate), Count(ImportStatus.Refused), Count(ImportStatus.Skipped));
        output.Document(
            new CredentialImportDocument(
                refused == 0, request.Provider, request.DryRun, created, duplicates, refused, skipped,
                [.. results.Select(result => new ImportedCredentialDocument(result.Where, result.Name, WordOf(result.Status), result.Message))]),
            CommandJson.Default.CredentialImportDocument);
        output.Table(["Where", "Name", "", "Why"], results.Select(result => new[] { result.Where, result.Name, WordOf(result.Status), result.Message }));
        output.Line($"{created} {(request.DryRun ? "would be created" : "created")}, {duplicates} duplicates, {refused} refused, {skipped} skipped.");
        return refused == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static async Task<int> TestAsync(
        CommandTree tree, ServeOptions options, string? provider, string? name, string? model, CommandOutput output, CancellationToken cancellationToken)
    {
        await using var app = tree.Host.BuildApplication(options);
        if (app.Services.GetService<ICredentialRuntime>() is not { } runtime)
        {
            return output.Fail(ExitCode.Failure, "this build has no credentials");
        }

        var tested = runtime.List().Where(one => (provider is null || one.Provider == provider) && (name is null || one.Name == name)).ToList();
        if (tested.Count == 0)
        {
            return output.Fail(ExitCode.NotFound, "no credential in use is meant by that");
        }

        var results = new TestedCredentialDocument[tested.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = TestsAtATime, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, tested.Count, parallel, async (i, cancellation) =>
        {
            var result = await runtime.TestAsync(tested[i].Provider, tested[i].Name, model, cancellation);
            results[i] = new TestedCredentialDocument(tested[i].Provider, tested[i].Name, result.Ok, result.Status, result.Message, result.LatencyMilliseconds);
        });
        var accepted = results.Count(result => result.Ok);
        output.Document(
            new CredentialTestDocument(accepted == results.Length, accepted, results.Length - accepted, results), CommandJson.Default.CredentialTestDocument);
        output.Table(["Provider", "Name", "", "Found"], results.Select(result => new[] { result.Provider, result.Name, result.Ok ? "ok" : "failed", result.Message }));
        return accepted == results.Length ? ExitCode.Ok : ExitCode.Failure;
    }

    private static string WordOf(ImportStatus status) => status.ToString().ToLowerInvariant();
}
