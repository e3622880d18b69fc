using Sluice.Protocol.Canonical;
using Sluice.Usage;

namespace Sluice.Ledger.Benchmarks;

/// <summary>Calls of 50 keys, 20 models and 4 credentials, spread evenly over a span.</summary>
internal sealed class SampleCalls(long count, DateTimeOffset from, TimeSpan span)
{
    private readonly string[] _keys = [.. Enumerable.Range(0, 50).Select(i => "key-" + i)];
    private readonly string[] _models = [.. Enumerable.Range(0, 20).Select(i => "model-" + i)];
    private readonly string[] _credentials = [.. Enumerable.Range(0, 4).Select(i => "credential-" + i)];

    /// <summary>The same call for the same number.</summary>
    public UsageRecord Call(long number)
    {
        var random = new SplitMix(number);
        var key = _keys[random.Next() % 50];
        var model = _models[random.Next() % 20];
        return new UsageRecord
        {
            RequestId = $"req_{random.Next():x16}{random.Next() % 10_000_000_000:d10}",
            KeyId = key,
            KeyName = key,
            Model = model,
            Provider = "openai-main",
            UpstreamModel = model,
            Credential = _credentials[random.Next() % 4],
            Operation = "chat",
            PriceId = "openai:" + model,
            Tokens = new TokenUsage((long)(random.Next() % 4000), 0, 0, 0, (long)(random.Next() % 1000), 0),
            CostNanoUsd = (long)(random.Next() % 100_000_000),
            LatencyMicros = (long)(random.Next() % 5_000_000),
            FirstTokenMicros = (long)(random.Next() % 500_000),
            Attempts = 1,
            HttpStatus = 200,
            AtMicros = (from.ToUnixTimeMilliseconds() * 1000) + (long)(span.TotalMicroseconds * number / count),
        };
    }

    private struct SplitMix(long seed)
    {
        private ulong _state = (ulong)seed * 0x9E3779B97F4A7C15;

        public ulong Next()
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
