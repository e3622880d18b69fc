using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Configuration;

namespace Sluice.Cli;

/// <summary>Where a command writes: text for people, or one JSON document on standard output. Errors for people go to standard error.</summary>
internal sealed class CommandOutput(CommandHost host, bool json)
{
    /// <summary>True when the answer is one JSON document and nothing else may be written to standard output.</summary>
    public bool IsJson => json;

    /// <summary>Writes a line for people; nothing with <c>--json</c>.</summary>
    public void Line(string text = "")
    {
        if (!json)
        {
            host.Out.WriteLine(text);
        }
    }

    /// <summary>Writes a line to standard error, with and without <c>--json</c>.</summary>
    public void Note(string text) => host.Error.WriteLine(text);

    /// <summary>Writes a table for people; nothing with <c>--json</c>.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (!json)
        {
            ConsoleTable.Write(host, columns, rows);
        }
    }

    /// <summary>Writes the JSON document; nothing without <c>--json</c>.</summary>
    public void Document<T>(T document, JsonTypeInfo<T> type)
    {
        if (json)
        {
            host.Out.WriteLine(JsonSerializer.Serialize(document, type));
        }
    }

    /// <summary>Says why a command failed; returns the exit code.</summary>
    public int Fail(int exitCode, string message)
    {
        if (json)
        {
            Document(new FailureDocument(false, message, null), CommandJson.Default.FailureDocument);
        }
        else
        {
            Note($"sluice: {message}");
        }

        return exitCode;
    }

    /// <summary>Shows the mistakes of a configuration like a compiler; returns the exit code.</summary>
    public int FailConfiguration(IReadOnlyList<ConfigError> errors)
    {
        if (json)
        {
            Document(new FailureDocument(false, "the configuration has mistakes", [.. errors.Select(ConfigMessageDocument.From)]), CommandJson.Default.FailureDocument);
        }
        else
        {
            foreach (var error in errors)
            {
                Note(error.Format());
            }
        }

        return ExitCode.ConfigurationInvalid;
    }
}
