using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.Telemetry;

/// <summary>Writes the Prometheus text exposition format 0.0.4.</summary>
internal sealed class PrometheusWriter(IBufferWriter<byte> output)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Begins a metric family; its samples follow without another family between them.</summary>
    /// <param name="name">The name without suffixes of samples.</param>
    /// <param name="type">counter, gauge or histogram.</param>
    /// <param name="help">One line.</param>
    public void Family(string name, string type, string help)
    {
        Write($"# HELP {name} {help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
        Write($"# TYPE {name} {type}\n");
    }

    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        Labels(name, labels, null);
        Write(Number(value));
        Write("\n");
    }

    public void Histogram(string name, HistogramView histogram, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        long total = 0;
        for (var i = 0; i < histogram.Counts.Length; i++)
        {
            total += Volatile.Read(in histogram.Counts[i]);
            Labels($"{name}_bucket", labels, i < histogram.Bounds.Length ? Number(histogram.Bounds[i]) : "+Inf");
            Write(Number(total));
            Write("\n");
        }

        Sample($"{name}_sum", histogram.SumSeconds, labels);
        Sample($"{name}_count", total, labels);
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void Labels(string name, ReadOnlySpan<(string Name, string Value)> labels, string? upperBound)
    {
        Write(name);
        var separator = '{';
        foreach (var (label, value) in labels)
        {
            Write($"{separator}{label}=\"{Escape(value)}\"");
            separator = ',';
        }

        if (upperBound is not null)
        {
            Write($"{separator}le=\"{upperBound}\"");
            separator = ',';
        }

        Write(separator == '{' ? " " : "} ");
    }

    private static string Escape(string value) => value.AsSpan().ContainsAny('\\', '"', '\n')
        ? value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
        : value;

    private void Write(string text) => Encoding.UTF8.GetBytes(text, output);
}
