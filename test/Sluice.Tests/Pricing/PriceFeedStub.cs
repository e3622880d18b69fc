using Sluice.Pricing;
using Sluice.Pricing.Import;

namespace Sluice.Tests.Pricing;

/// <summary>Imported prices that a test sets.</summary>
internal sealed class PriceFeedStub : IPriceFeed
{
    public event Action? Changed;

    public ImportedPrices Imported { get; private set; } = ImportedPrices.None;

    public void Set(params ImportedPrice[] prices)
    {
        Imported = new ImportedPrices(prices);
        Changed?.Invoke();
    }
}
