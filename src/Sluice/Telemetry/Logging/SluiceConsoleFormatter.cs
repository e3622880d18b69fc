using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Sluice.Telemetry.Logging;

/// <summary>Whether events are written as JSON; see <see cref="LoggingSetup"/>.</summary>
internal sealed class SluiceConsoleOptions : ConsoleFormatterOptions
{
    /// <summary>True for one JSON object per line, false for one readable line. Default false.</summary>
    public bool Json { get; set; }
}

/// <summary>One event, one line: readable on a terminal, JSON for machines; secrets masked in both.</summary>
internal sealed class SluiceConsoleFormatter(TimeProvider time, Microsoft.Extensions.Options.IOptionsMonitor<SluiceConsoleOptions> options)
    : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "sluice";

    // Logs are read by people and shippers, never pasted into HTML: umlauts and apostrophes stay readable.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = LogRedaction.Apply(logEntry.Formatter(logEntry.State, logEntry.Exception));
        var exception = logEntry.Exception is null ? null : LogRedaction.Apply(logEntry.Exception.ToString());
        textWriter.WriteLine(options.CurrentValue.Json
            ? Json(logEntry.LogLevel, logEntry.Category, logEntry.EventId, message, exception, logEntry.State)
            : Line(logEntry.LogLevel, logEntry.Category, message, exception));
    }

    private string Line(LogLevel level, string category, string message, string? exception)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetLocalNow():HH:mm:ss} {Word(level),-5} {category[(category.LastIndexOf('.') + 1)..]}: {OneLine(message)}");
        return exception is null ? line : $"{line}{Environment.NewLine}{exception}";
    }

    private string Json<TState>(LogLevel level, string category, EventId eventId, string message, string? exception, TState state)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow());
            json.WriteString("level", Word(level));
            json.WriteString("category", category);
            json.WriteNumber("event", eventId.Id);
            json.WriteString("message", message);
            if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                WriteValues(json, values);
            }

            if (exception is not null)
            {
                json.WriteString("exception", exception);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        json.WriteStartObject("data");
        foreach (var (name, value) in values)
        {
            if (name == "{OriginalFormat}" || value is null)
            {
                continue;
            }

            switch (value)
            {
                case int or long or short or byte:
                    json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case bool truth:
                    json.WriteBoolean(name, truth);
                    break;
                default:
                    json.WriteString(name, LogRedaction.Apply(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static string OneLine(string message) =>
        message.Contains('\n', StringComparison.Ordinal) ? message.ReplaceLineEndings(" ") : message;

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
