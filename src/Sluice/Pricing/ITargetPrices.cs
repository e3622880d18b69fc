namespace Sluice.Pricing;

/// <summary>Finds the price of a target as the configuration in force has it.</summary>
internal interface ITargetPrices
{
    /// <summary>The price list of a target; null where it is unpriced, or not configured any more.</summary>
    /// <param name="model">The model as clients ask for it.</param>
    /// <param name="provider">The provider's name.</param>
    /// <param name="upstreamModel">The vendor's model id.</param>
    PriceList? Find(string model, string provider, string upstreamModel);
}
