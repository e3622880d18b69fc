using System.CommandLine;
using System.Globalization;
using System.Text;
using Sluice.Usage;
using Sluice.Usage.Export;

namespace Sluice.Cli;

/// <summary>The answer of <c>usage export</c>.</summary>
internal sealed record UsageExportDocument(bool Ok, string Format, string File, long Bytes);

/// <summary><c>usage export</c>: the account of the data folder, also while the service runs on it.</summary>
internal static class UsageCommands
{
    public static Command Create(CommandTree tree)
    {
        var group = new Command("usage", "Look at the account of calls.");
        var format = new Option<string>("--format") { Description = "csv: a row per call. focus: a row per hour and series, by FinOps FOCUS 1.2.", DefaultValueFactory = _ => "csv", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong([.. UsageExport.Formats.Keys]);
        var from = new Option<string?>("--from") { Description = "The earliest arrival, inclusive: 2026-01-31, or 2026-01-31T12:00:00Z.", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "The latest arrival, exclusive.", HelpName = "TIME" };
        var key = new Option<string?>("--key") { Description = "Only calls of the key of this name.", HelpName = "NAME" };
        var model = new Option<string?>("--model") { Description = "Only calls that asked for this model.", HelpName = "MODEL" };
        var file = new Option<string?>("--output") { Description = "Write to this file instead of standard output.", HelpName = "FILE" };
        tree.Add(
            group,
            "export",
            "Write the account as CSV.",
            async (parse, output, cancellation) =>
            {
                if (!TryTime(parse.GetValue(from), out var earliest) || !TryTime(parse.GetValue(to), out var latest))
                {
                    return output.Fail(ExitCode.Usage, "--from and --to take a time such as 2026-01-31 or 2026-01-31T12:00:00Z");
                }

                var path = parse.GetValue(file);
                if (output.IsJson && path is null)
                {
                    return output.Fail(ExitCode.Usage, "--json answers with a document on standard output: name a file for the export with --output");
                }

                await using var app = tree.Host.BuildApplication(tree.Common.Serve(parse));
                if (app.Services.GetService<UsageExport>() is not { } export)
                {
                    return output.Fail(ExitCode.Failure, "this build has no account");
                }

                var filter = new UsageFilter(parse.GetValue(key), parse.GetValue(model), earliest, latest);
                var name = parse.GetValue(format)!;
                var pieces = export.ReadAsync(UsageExport.Formats[name], filter);
                return path is null
                    ? await WriteAsync(pieces, tree.Host.Out)
                    : await WriteAsync(pieces, Path.GetFullPath(path, tree.Host.CurrentDirectory), name, output, cancellation);
            },
            format,
            from,
            to,
            key,
            model,
            file,
            tree.Common.Config,
            tree.Common.Data);
        return group;
    }

    private static async Task<int> WriteAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, TextWriter writer)
    {
        await foreach (var piece in pieces)
        {
            await writer.WriteAsync(Encoding.UTF8.GetString(piece.Span));
        }

        return ExitCode.Ok;
    }

    private static async Task<int> WriteAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, string path, string format, CommandOutput output, CancellationToken cancellationToken)
    {
        long bytes = 0;
        try
        {
            await using var stream = File.Create(path);
            await foreach (var piece in pieces)
            {
                await stream.WriteAsync(piece, cancellationToken);
                bytes += piece.Length;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return output.Fail(ExitCode.Failure, $"{path} cannot be written: {e.Message}");
        }

        output.Document(new UsageExportDocument(true, format, path, bytes), CommandJson.Default.UsageExportDocument);
        output.Line($"Wrote {path}.");
        return ExitCode.Ok;
    }

    private static bool TryTime(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (text is null)
        {
            return true;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed))
        {
            return false;
        }

        time = parsed;
        return true;
    }
}
