using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sluice.Telemetry.Logging;

namespace Sluice.Tests.Telemetry.Logging;

public sealed class SluiceConsoleFormatterTests
{
    [Fact]
    public void Write_Json_IsOneObjectPerLineWithItsValues()
    {
        var text = Format(json: true, new InvalidOperationException("Bearer abcdef123456"), ("Status", 502), ("Key", "sk-abcdefgh12345678"));

        text.TrimEnd('\n').ShouldNotContain('\n');
        using var line = JsonDocument.Parse(text);
        var root = line.RootElement;
        root.GetProperty("level").GetString().ShouldBe("warn");
        root.GetProperty("category").GetString().ShouldBe("Sluice.Pipeline.Attempts");
        root.GetProperty("event").GetInt32().ShouldBe(42);
        root.GetProperty("message").GetString().ShouldBe("it's *** gone");
        root.GetProperty("data").GetProperty("Status").GetInt32().ShouldBe(502);
        root.GetProperty("data").GetProperty("Key").GetString().ShouldBe("***");
        root.GetProperty("exception").GetString()!.ShouldNotContain("abcdef123456");
    }

    [Fact]
    public void Write_Terminal_IsOneReadableLineWithoutSecrets()
    {
        var text = Format(json: false, exception: null);

        text.ShouldMatch(@"^\d\d:\d\d:\d\d warn  Attempts: it's \*\*\* gone\n$");
    }

    [Theory]
    [InlineData(null, LogLevel.Information)]
    [InlineData("nonsense", LogLevel.Information)]
    [InlineData(" Warn ", LogLevel.Warning)]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("off", LogLevel.None)]
    public void ParseLevel_AnyText_GivesALevel(string? text, LogLevel expected) => LoggingSetup.ParseLevel(text).ShouldBe(expected);

    private static string Format(bool json, Exception? exception, params (string Name, object Value)[] values)
    {
        var state = values.Select(v => new KeyValuePair<string, object?>(v.Name, v.Value)).ToList();
        using var output = new StringWriter { NewLine = "\n" };
        new SluiceConsoleFormatter(TimeProvider.System, new FixedOptions(new SluiceConsoleOptions { Json = json })).Write(
            new LogEntry<List<KeyValuePair<string, object?>>>(
                LogLevel.Warning, "Sluice.Pipeline.Attempts", new EventId(42), state, exception, (_, _) => "it's sk-abcdefgh12345678 gone"),
            null, output);
        return output.ToString();
    }

    private sealed class FixedOptions(SluiceConsoleOptions value) : IOptionsMonitor<SluiceConsoleOptions>
    {
        public SluiceConsoleOptions CurrentValue => value;

        public SluiceConsoleOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<SluiceConsoleOptions, string?> listener) => null;
    }
}
