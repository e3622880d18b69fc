using Microsoft.Extensions.Logging;
using Sluice.Telemetry;

namespace Sluice.Tests.Telemetry;

public sealed class CallLogTests : IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly Lines _lines = new();
    private readonly HeldClock _clock = new();

    public void Dispose() => _metrics.Meter.Dispose();

    [Fact]
    public void Ended_Success_WritesNothing()
    {
        CreateSut().Ended("req_1", "ci", TestSeries.Smart(_metrics), TestSeries.Success());

        _lines.Written.ShouldBeEmpty();
    }

    [Fact]
    public void Ended_ClientGone_WritesNothing()
    {
        CreateSut().Ended("req_1", "ci", TestSeries.Smart(_metrics), TestSeries.Failure(200, "client_gone"));

        _lines.Written.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(404, "model_not_found", LogLevel.Information)]
    [InlineData(502, "upstream_unreachable", LogLevel.Warning)]
    [InlineData(200, "idle_timeout", LogLevel.Warning)]
    public void Ended_Failure_IsOneLineAtTheLevelOfWhoMustAct(int status, string code, LogLevel level)
    {
        CreateSut().Ended("req_1", null, _metrics.Unrouted, TestSeries.Failure(status, code));

        _lines.Written.ShouldBe([(level, $"req_1 chat failed: status {status}, code {code}, key -, provider -, model -, attempts 0, 1 ms")]);
    }

    [Fact]
    public void Ended_MoreThanTheBound_CountsTheRestInTheNextSecond()
    {
        var sut = CreateSut();
        for (var i = 0; i < CallLog.MaxLinesPerSecond + 7; i++)
        {
            sut.Ended("req_1", null, _metrics.Unrouted, TestSeries.Failure(502, "upstream_timeout"));
        }

        _lines.Written.Count.ShouldBe(CallLog.MaxLinesPerSecond);

        _clock.Seconds++;
        sut.Ended("req_2", null, _metrics.Unrouted, TestSeries.Failure(502, "upstream_timeout"));

        _lines.Written.Count.ShouldBe(CallLog.MaxLinesPerSecond + 2);
        _lines.Written[^2].Text.ShouldStartWith("7 more ended calls");
    }

    private CallLog CreateSut() => new(_lines, _clock);

    private sealed class HeldClock : TimeProvider
    {
        public long Seconds { get; set; } = 5;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private sealed class Lines : ILogger<CallLog>
    {
        public List<(LogLevel Level, string Text)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, formatter(state, exception)));
    }
}
