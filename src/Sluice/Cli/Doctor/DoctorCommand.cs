using System.CommandLine;

namespace Sluice.Cli.Doctor;

/// <summary>The answer of <c>doctor</c>.</summary>
internal sealed record DoctorDocument(bool Ok, IReadOnlyList<CheckDocument> Checks);

/// <summary>One check's finding.</summary>
internal sealed record CheckDocument(string Name, string Status, string Message, string? Fix);

/// <summary><c>doctor</c>: looks at everything that a start needs, and says what to do about what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandTree tree)
    {
        var offline = new Option<bool>("--offline") { Description = "Do not try to reach the providers." };
        return tree.Leaf(
            "doctor",
            "Check configuration, data folder, account, SQLite, ports, providers and the host.",
            async (parse, output, cancellation) => Write(await RunAsync(tree.Host, tree.Common.Serve(parse), parse.GetValue(offline), cancellation), output),
            tree.Common.Config,
            tree.Common.Data,
            tree.Common.Urls,
            offline);
    }

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(CommandHost host, ServeOptions options, bool offline, CancellationToken cancellationToken)
    {
        var loaded = host.LoadBeforeDatabase(options);
        var results = new List<CheckResult>(ConfigurationChecks.Run(loaded, host))
        {
            HostChecks.Clock(host.Time),
            HostChecks.OpenFiles(),
            SqliteCheck.Run(),
        };
        if (loaded.Errors.Count == 0)
        {
            var config = loaded.Config;
            var folder = Path.GetFullPath(config.Server.Data, host.CurrentDirectory);
            results.Add(DataFolderCheck.Run(folder));
            results.Add(LedgerCheck.Run(folder));
            results.Add(AuditCheck.Run(folder));
            results.AddRange(await PortChecks.RunAsync(config.Server.Urls, cancellationToken));
            results.AddRange(await ProviderChecks.RunAsync(config.Providers, offline, cancellationToken));
        }

        return results;
    }

    private static int Write(IReadOnlyList<CheckResult> results, CommandOutput output)
    {
        var worst = results.Where(r => r.Status is CheckStatus.Failed).Select(r => r.ExitCode).DefaultIfEmpty(ExitCode.Ok).First();
        output.Document(
            new DoctorDocument(worst == ExitCode.Ok, [.. results.Select(r => new CheckDocument(r.Name, Word(r.Status), r.Message, r.Fix))]),
            CommandJson.Default.DoctorDocument);
        output.Table(["", "CHECK", "FOUND"], results.Select(r => (IReadOnlyList<string>)[Word(r.Status), r.Name, r.Fix is null ? r.Message : $"{r.Message}. {r.Fix}"]));
        return worst;
    }

    private static string Word(CheckStatus status) => status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Warning => "warning",
        _ => "failed",
    };
}
