using System.CommandLine;
using System.Globalization;
using Sluice.Pricing.Import;

namespace Sluice.Cli;

/// <summary>An entry of a catalogue that was not taken.</summary>
internal sealed record RefusedPriceDocument(string Name, string Reason);

/// <summary>The answer of <c>prices import</c>.</summary>
internal sealed record PriceImportDocument(
    bool Ok, string Format, string EffectiveFrom, bool DryRun, int Imported, int WithoutPrice, IReadOnlyList<RefusedPriceDocument> Refused);

/// <summary><c>prices import</c>: takes the prices of a public catalogue from a local file into the data folder.</summary>
internal static class PricesCommands
{
    /// <summary>Beyond any catalogue: LiteLLM's has 2 MB, that of models.dev 3 MB.</summary>
    private const int LargestFile = 64 * 1024 * 1024;

    private const string DayFormat = "yyyy-MM-dd";

    public static Command Create(CommandTree tree)
    {
        var group = new Command("prices", "Import price lists.");
        var file = new Argument<string>("FILE") { Description = "LiteLLM's model_prices_and_context_window.json, or the api.json of models.dev." };
        var format = new Option<string?>("--format") { Description = "The file's format; found out when absent.", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong([.. CatalogueImport.Formats]);
        var from = new Option<string?>("--effective-from") { Description = "The first day of the prices, such as 2027-01-31; today when absent.", HelpName = "DAY" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Read and report, and store nothing." };
        tree.Add(
            group,
            "import",
            "Import a public catalogue of prices from a file. An operator's own prices go before them, built-in ones after.",
            (parse, output, _) =>
            {
                var day = DateOnly.FromDateTime(tree.Host.Time.GetUtcNow().UtcDateTime);
                if (parse.GetValue(from) is { } text && !DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
                {
                    return Task.FromResult(output.Fail(ExitCode.Usage, "--effective-from takes a day such as 2027-01-31"));
                }

                var path = Path.Combine(tree.Host.CurrentDirectory, parse.GetValue(file)!);
                return ImportAsync(tree, tree.Common.Serve(parse), path, parse.GetValue(format), day, parse.GetValue(dryRun), output);
            },
            file,
            format,
            from,
            dryRun,
            tree.Common.Config,
            tree.Common.Data);
        return group;
    }

    private static async Task<int> ImportAsync(
        CommandTree tree, ServeOptions options, string path, string? format, DateOnly day, bool dryRun, CommandOutput output)
    {
        if (!File.Exists(path))
        {
            return output.Fail(ExitCode.NotFound, $"there is no file {path}");
        }

        if (new FileInfo(path).Length > LargestFile)
        {
            return output.Fail(ExitCode.Failure, $"{path} is larger than {LargestFile / 1024 / 1024} MB");
        }

        CatalogueImport import;
        try
        {
            import = CatalogueImport.Read(await File.ReadAllBytesAsync(path), format, day);
        }
        catch (CatalogueException e)
        {
            return output.Fail(ExitCode.Failure, $"{path} cannot be imported: {e.Message}");
        }

        if (!dryRun && import.Prices.Count > 0)
        {
            await using var app = tree.Host.BuildApplication(options);
            await app.Services.GetRequiredService<PriceStore>().SaveAsync([.. import.Prices]);
        }

        return Report(import, dryRun, output);
    }

    private static int Report(CatalogueImport import, bool dryRun, CommandOutput output)
    {
        // A catalogue without a single price is not what the operator meant, whatever else is right with it.
        var ok = import.Prices.Count > 0;
        var from = import.EffectiveFrom.ToString(DayFormat, CultureInfo.InvariantCulture);
        output.Document(
            new PriceImportDocument(
                ok, import.Source, from, dryRun, import.Prices.Count, import.WithoutPrice, [.. import.Refused.Select(entry => new RefusedPriceDocument(entry.Name, entry.Reason))]),
            CommandJson.Default.PriceImportDocument);
        if (!output.IsJson)
        {
            foreach (var entry in import.Refused)
            {
                output.Note($"refused {entry.Name}: {entry.Reason}");
            }

            output.Line($"{import.Source}: {import.Prices.Count} prices from {from} {(dryRun ? "would be imported" : "imported")}, "
                + $"{import.WithoutPrice} entries without a price, {import.Refused.Count} refused");
        }

        return ok ? ExitCode.Ok : ExitCode.Failure;
    }
}
