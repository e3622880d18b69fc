using System.Text;
using System.Text.Json;
using Sluice.Pricing;
using Sluice.Protocol.GeminiGenerate;
using Sluice.Providers;
using Sluice.Telemetry;

namespace Sluice.Routing;

/// <summary>One upstream model that can serve a route.</summary>
internal sealed class RouteTarget(
    ProviderRuntime provider, string model, int priority, int weight, PriceList? price, TargetSeries series)
{
    public ProviderRuntime Provider { get; } = provider;

    /// <summary>The vendor's model id.</summary>
    public string Model { get; } = model;

    /// <summary>The model as a JSON string with its quotes, for the splice of an alias.</summary>
    public byte[] ModelJson { get; } = Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(model, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");

    /// <summary>The model as Gemini's bodies repeat it.</summary>
    public byte[] GeminiModelJson => field ??= ModelMembers.Token(Model);

    /// <summary>Lower goes first.</summary>
    public int Priority { get; } = priority;

    public int Weight { get; } = weight;

    /// <summary>What the vendor's catalogue says of the model; null when it is not in it.</summary>
    public ModelInfo? Info { get; init; }

    /// <summary>Null when the model is unpriced.</summary>
    public PriceList? Price { get; } = price;

    /// <summary>Where the target's calls are counted.</summary>
    public TargetSeries Series { get; } = series;

    public TargetSpeed Speed { get; } = new();
}
