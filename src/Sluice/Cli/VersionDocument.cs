using System.Runtime.InteropServices;

namespace Sluice.Cli;

/// <summary>The answer of <c>--version</c>.</summary>
internal sealed record VersionDocument(string Version, string Runtime)
{
    public static int Write(CommandHost host, CommandOutput output)
    {
        var document = new VersionDocument(SluiceCommandLine.Version, RuntimeInformation.FrameworkDescription);
        if (output.IsJson)
        {
            output.Document(document, CommandJson.Default.VersionDocument);
        }
        else
        {
            host.Out.WriteLine(document.Version);
        }

        return ExitCode.Ok;
    }
}
