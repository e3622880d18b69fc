using System.CommandLine;
using System.Text;
using Sluice.Configuration;

namespace Sluice.Cli;

/// <summary>The answer of <c>init</c>.</summary>
internal sealed record InitDocument(bool Ok, string File);

/// <summary><c>init</c>: writes a commented configuration.</summary>
internal static class InitCommand
{
    public static Command Create(CommandTree tree)
    {
        var file = new Argument<string>("FILE") { Description = "The file to write.", DefaultValueFactory = _ => ConfigurationInput.DefaultFile };
        var force = new Option<bool>("--force") { Description = "Overwrite a file that exists." };
        return tree.Leaf(
            "init",
            "Write a commented sluice.yaml to start from.",
            async (parse, output, cancellation) =>
            {
                var name = parse.GetValue(file)!;
                var path = Path.GetFullPath(name, tree.Host.CurrentDirectory);
                if (File.Exists(path) && !parse.GetValue(force))
                {
                    return output.Fail(ExitCode.Failure, $"{name} exists; --force overwrites it");
                }

                await File.WriteAllTextAsync(path, SampleConfiguration.Text, new UTF8Encoding(false), cancellation);
                output.Document(new InitDocument(true, path), CommandJson.Default.InitDocument);
                output.Line($"Wrote {name}. Next: edit it, then \"sluice config validate\" and \"sluice serve\".");
                return ExitCode.Ok;
            },
            file,
            force);
    }
}
