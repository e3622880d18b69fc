using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

internal sealed record ModelItem : IListItem
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Strategy { get; init; }
    public required IReadOnlyList<TargetBody> Targets { get; init; }
    public required string Origin { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

internal sealed record CreateModelBody
{
    /// <summary>What clients ask for; <c>*</c> stands for any run of characters.</summary>
    public string? Name { get; init; }

    /// <summary>priority, weighted, round_robin, least_busy, cost, quality, speed or adaptive; priority when absent.</summary>
    public string? Strategy { get; init; }

    public IReadOnlyList<TargetBody>? Targets { get; init; }
}

internal sealed record ReplaceModelBody
{
    public string? Strategy { get; init; }
    public IReadOnlyList<TargetBody>? Targets { get; init; }
}

internal sealed record TargetBody
{
    /// <summary>The provider's name.</summary>
    public string? Provider { get; init; }

    /// <summary>The vendor's model id; empty takes the name that the client asked for.</summary>
    public string? Model { get; init; }

    public int? Priority { get; init; }
    public int? Weight { get; init; }
    public PriceBody? Price { get; init; }
}

/// <summary>USD per million tokens or characters, per image, second, page, call or search; null means unpriced, which is not 0.</summary>
internal sealed record PriceBody
{
    public decimal? Input { get; init; }
    public decimal? Output { get; init; }
    public decimal? CacheRead { get; init; }

    [JsonPropertyName("cache_write_5m")]
    public decimal? CacheWrite5m { get; init; }

    [JsonPropertyName("cache_write_1h")]
    public decimal? CacheWrite1h { get; init; }

    public decimal? Reasoning { get; init; }
    public decimal? AudioInput { get; init; }
    public decimal? AudioOutput { get; init; }
    public decimal? ImageInput { get; init; }
    public decimal? ImageOutput { get; init; }
    public decimal? Image { get; init; }

    /// <summary>Images by size and quality; <c>image</c> for those that are not listed.</summary>
    public IReadOnlyList<ImagePriceBody?>? Images { get; init; }

    public decimal? Second { get; init; }
    public decimal? Page { get; init; }
    public decimal? Character { get; init; }
    public decimal? Request { get; init; }
    public decimal? WebSearch { get; init; }
}

/// <summary>USD per image of a size and quality; null for every one.</summary>
internal sealed record ImagePriceBody(string? Size = null, string? Quality = null, decimal? Usd = null);
