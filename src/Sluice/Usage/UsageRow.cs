namespace Sluice.Usage;

/// <summary>A stored record with its texts, as queries read it.</summary>
internal sealed record UsageRow
{
    /// <summary>The tables of <see cref="Columns"/>. CROSS JOIN fixes the order in SQLite: records by id first, never an index made on the fly over all of them.</summary>
    public const string Tables =
        "usage_records r CROSS JOIN usage_series s ON s.id = r.series LEFT JOIN usage_corrections c ON c.id = r.id";

    public const string Columns =
        "r.id AS Id, r.at AS At, r.status AS Status, r.http_status AS HttpStatus, r.attempts AS Attempts, r.input AS Input, "
        + "r.cache_read AS CacheRead, r.cache_write_5m AS CacheWrite5m, r.cache_write_1h AS CacheWrite1h, r.output AS Output, "
        + "r.reasoning AS Reasoning, r.cost AS Cost, r.latency AS Latency, r.first_token AS FirstToken, r.request_id AS RequestId, "
        + "r.client_request_id AS ClientRequestId, r.overrun AS Overrun, s.key_id AS KeyId, s.key_name AS KeyName, s.user AS User, s.model AS Model, s.provider AS Provider, "
        + "s.upstream_model AS UpstreamModel, s.credential AS Credential, s.operation AS Operation, "
        + "s.price_id AS PriceId, c.corrects AS Corrects, c.reason AS Reason, c.made_by AS MadeBy";

    public long Id { get; init; }

    /// <summary>Microseconds since the Unix epoch; durations below are microseconds too.</summary>
    public long At { get; init; }

    public long Status { get; init; }
    public long HttpStatus { get; init; }
    public long Attempts { get; init; }
    public long Input { get; init; }
    public long CacheRead { get; init; }
    public long CacheWrite5m { get; init; }
    public long CacheWrite1h { get; init; }
    public long Output { get; init; }
    public long Reasoning { get; init; }
    public long? Cost { get; init; }
    public long Latency { get; init; }
    public long FirstToken { get; init; }
    public string RequestId { get; init; } = "";
    public string? ClientRequestId { get; init; }

    /// <summary>1 when the upstream reported more than was reserved.</summary>
    public long Overrun { get; init; }

    public string KeyId { get; init; } = "";
    public string KeyName { get; init; } = "";
    public string User { get; init; } = "";
    public string Model { get; init; } = "";
    public string Provider { get; init; } = "";
    public string UpstreamModel { get; init; } = "";
    public string Credential { get; init; } = "";
    public string Operation { get; init; } = "";

    /// <summary>Empty where no price is known.</summary>
    public string PriceId { get; init; } = "";

    /// <summary>The id of the record that this one corrects; null for the record of a call.</summary>
    public long? Corrects { get; init; }

    /// <summary>Why it corrects.</summary>
    public string? Reason { get; init; }

    /// <summary>The name of the administrator's key that made the correction.</summary>
    public string? MadeBy { get; init; }
}

/// <summary>Sums of one group, or of all.</summary>
internal sealed record UsageSum
{
    public const string Columns =
        "SUM(calls) AS Calls, SUM(failed) AS Failed, SUM(unpriced) AS Unpriced, SUM(input) AS Input, SUM(cache_read) AS CacheRead, "
        + "SUM(cache_write_5m) AS CacheWrite5m, SUM(cache_write_1h) AS CacheWrite1h, SUM(output) AS Output, SUM(reasoning) AS Reasoning, "
        + "SUM(cost / 1000000000) AS CostUsd, SUM(cost % 1000000000) AS CostNano, SUM(latency) AS Latency";

    public string Name { get; init; } = "";
    public long Calls { get; init; }

    /// <summary>Failed and void calls; they are among <see cref="Calls"/>.</summary>
    public long Failed { get; init; }

    /// <summary>Calls that were served and have no known price.</summary>
    public long Unpriced { get; init; }

    public long Input { get; init; }
    public long CacheRead { get; init; }
    public long CacheWrite5m { get; init; }
    public long CacheWrite1h { get; init; }
    public long Output { get; init; }
    public long Reasoning { get; init; }

    /// <summary>Whole USD of each row, summed: SQLite refuses a sum of nano-USD that does not fit 64 bits.</summary>
    public long CostUsd { get; init; }

    /// <summary>What the rows have beside whole USD, in nano-USD.</summary>
    public long CostNano { get; init; }

    /// <summary>Nano-USD of the calls with a price; at most <see cref="long.MaxValue"/>.</summary>
    public long Cost => (long)Int128.Clamp(((Int128)CostUsd * 1_000_000_000) + CostNano, long.MinValue, long.MaxValue);

    /// <summary>Microseconds of all calls together.</summary>
    public long Latency { get; init; }
}
