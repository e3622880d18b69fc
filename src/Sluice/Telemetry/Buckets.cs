namespace Sluice.Telemetry;

/// <summary>Upper bounds of the latency histograms, and the search for the bucket of a value.</summary>
/// <remarks>
/// The bounds are those that the OpenTelemetry GenAI conventions advise for <c>gen_ai.client.operation.duration</c> and
/// <c>gen_ai.server.time_to_first_token</c>, so that dashboards made for them fit Prometheus and OTLP alike.
/// </remarks>
internal static class Buckets
{
    /// <summary>Seconds, for whole calls.</summary>
    public static readonly double[] Duration =
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    /// <summary>Seconds, for the first byte of an answer.</summary>
    public static readonly double[] FirstToken =
        [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

    /// <summary>Tokens, for <c>gen_ai.client.token.usage</c>.</summary>
    public static readonly double[] Tokens =
        [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    public static readonly long[] DurationMicros = Micros(Duration);

    public static readonly long[] FirstTokenMicros = Micros(FirstToken);

    /// <summary>The index of the first bound that is not below the value; the number of bounds for a value above them all.</summary>
    public static int Index(long[] bounds, long value)
    {
        for (var i = 0; i < bounds.Length; i++)
        {
            if (value <= bounds[i])
            {
                return i;
            }
        }

        return bounds.Length;
    }

    private static long[] Micros(double[] seconds) => [.. seconds.Select(s => (long)Math.Round(s * 1_000_000))];
}
