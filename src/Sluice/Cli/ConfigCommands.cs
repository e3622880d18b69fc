using System.CommandLine;
using Sluice.Configuration;
using Sluice.Configuration.Schema;

namespace Sluice.Cli;

/// <summary>The answer of <c>config validate</c>.</summary>
internal sealed record ConfigValidateDocument(
    bool Ok,
    string? File,
    IReadOnlyList<ConfigMessageDocument> Errors,
    IReadOnlyList<ConfigMessageDocument> Warnings,
    IReadOnlyList<SettingDocument>? Settings);

/// <summary>The answer of <c>config show</c>.</summary>
internal sealed record ConfigShowDocument(bool Ok, string? File, IReadOnlyList<SettingDocument> Settings);

/// <summary>A setting in force.</summary>
internal sealed record SettingDocument(string Path, string Value, string Origin, string? Source, int? Line)
{
    public static SettingDocument From(SettingOrigin setting) => new(
        setting.Path,
        setting.Value,
        OriginName(setting.Origin),
        setting.Source.Length > 0 ? setting.Source : null,
        setting.Line > 0 ? setting.Line : null);

    /// <summary>Where a value comes from, as JSON and tables say it.</summary>
    public static string OriginName(ConfigOrigin origin) => origin switch
    {
        ConfigOrigin.File => "file",
        ConfigOrigin.Environment => "environment",
        ConfigOrigin.Database => "database",
        ConfigOrigin.CommandLine => "command_line",
        _ => "default",
    };
}

/// <summary>The answer of <c>config schema</c>.</summary>
internal sealed record ConfigSchemaDocument(IReadOnlyList<SchemaRow> Settings);

/// <summary><c>config validate</c>, <c>config show</c>, <c>config schema</c>.</summary>
internal static class ConfigCommands
{
    public static Command Create(CommandTree tree)
    {
        var group = new Command("config", "Check and show the configuration.");
        var file = new Argument<string?>("FILE") { Description = "The file to check; sluice.yaml when absent.", Arity = ArgumentArity.ZeroOrOne };
        tree.Add(
            group,
            "validate",
            "Check the configuration: every mistake with file, line and reason.",
            (parse, output, _) =>
            {
                var options = tree.Common.Serve(parse);
                return Task.FromResult(Validate(tree.Host, options with { Config = parse.GetValue(file) ?? options.Config }, output));
            },
            file,
            tree.Common.Config);
        tree.Add(
            group,
            "show",
            "Show the settings in force and where each comes from; secrets masked.",
            (parse, output, _) => Task.FromResult(Show(tree.Host, tree.Common.Serve(parse), output)),
            tree.Common.Config);
        tree.Add(group, "schema", "List all settings as Markdown, or as JSON.", (_, output, _) => Task.FromResult(Schema(output)));
        return group;
    }

    private static int Validate(CommandHost host, ServeOptions options, CommandOutput output)
    {
        var loaded = host.Load(options);
        var ok = loaded.Errors.Count == 0;
        output.Document(
            new ConfigValidateDocument(
                ok,
                loaded.File,
                [.. loaded.Errors.Select(ConfigMessageDocument.From)],
                [.. loaded.Warnings.Select(ConfigMessageDocument.From)],
                ok ? [.. loaded.Settings().Select(SettingDocument.From)] : null),
            CommandJson.Default.ConfigValidateDocument);
        if (output.IsJson)
        {
            return ok ? ExitCode.Ok : ExitCode.ConfigurationInvalid;
        }

        foreach (var warning in loaded.Warnings)
        {
            output.Note($"warning: {warning.Format()}");
        }

        if (!ok)
        {
            return output.FailConfiguration(loaded.Errors);
        }

        var config = loaded.Config;
        output.Line($"{loaded.File ?? "no file, defaults"}: valid ({config.Providers.Count} providers, {config.Models.Count} models, {config.Keys.Count} keys)");
        return ExitCode.Ok;
    }

    private static int Show(CommandHost host, ServeOptions options, CommandOutput output)
    {
        var loaded = host.Load(options);
        if (loaded.Errors.Count > 0)
        {
            return output.FailConfiguration(loaded.Errors);
        }

        var settings = loaded.Settings();
        output.Document(new ConfigShowDocument(true, loaded.File, [.. settings.Select(SettingDocument.From)]), CommandJson.Default.ConfigShowDocument);
        output.Table(
            ["SETTING", "VALUE", "ORIGIN"],
            settings.Select(s => (IReadOnlyList<string>)[s.Path, s.Value, s.Source.Length == 0 ? SettingDocument.OriginName(s.Origin) : s.Line > 0 ? $"{s.Source}:{s.Line}" : s.Source]));
        return ExitCode.Ok;
    }

    private static int Schema(CommandOutput output)
    {
        var rows = SluiceSchema.Rows();
        output.Document(new ConfigSchemaDocument(rows), CommandJson.Default.ConfigSchemaDocument);
        if (!output.IsJson)
        {
            output.Line(SchemaMarkdown.Write(rows).TrimEnd());
        }

        return ExitCode.Ok;
    }
}
