namespace Sluice.Admin;

/// <summary>What an upstream model costs now.</summary>
internal sealed record PriceItem
{
    /// <summary>The name that clients ask for.</summary>
    public required string Model { get; init; }

    public required string Provider { get; init; }
    public required string UpstreamModel { get; init; }

    /// <summary>operator, import, catalog, or unpriced; the first that says anything, with those that it leaves members to.</summary>
    public required string Origin { get; init; }

    /// <summary>The id that usage records carry; null when unpriced.</summary>
    public string? PriceId { get; init; }

    /// <summary>Null when unpriced.</summary>
    public PriceBody? Price { get; init; }

    /// <summary>The longest input at these prices, in tokens; null where length does not change them.</summary>
    public long? LongContextAbove { get; init; }

    /// <summary>Service tiers with prices of their own.</summary>
    public required IReadOnlyList<string> Tiers { get; init; }
}

/// <param name="Data">One for each target of each model that is offered.</param>
/// <param name="Unpriced">allow or refuse: what happens to calls of unpriced models.</param>
internal sealed record PriceTable(IReadOnlyList<PriceItem> Data, string Unpriced);
