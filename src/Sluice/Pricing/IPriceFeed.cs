using Sluice.Pricing.Import;

namespace Sluice.Pricing;

/// <summary>The prices that are not configuration, and the news that they have changed.</summary>
internal interface IPriceFeed
{
    /// <summary>The imported prices as they are now.</summary>
    ImportedPrices Imported { get; }

    /// <summary>Raised after an import, and at the turn of a day (UTC), when announced prices come into force. Any thread.</summary>
    event Action? Changed;
}
