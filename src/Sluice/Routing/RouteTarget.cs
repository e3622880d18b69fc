using System.Text;
using System.Text.Json;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Pricing;
using Sluice.Protocol.GeminiGenerate;
using Sluice.Providers;
using Sluice.Telemetry;

namespace Sluice.Routing;

/// <summary>One upstream model that can serve a route.</summary>
internal sealed class RouteTarget(
    ProviderRuntime provider, string model, int priority, int weight, PriceList? price, TargetSeries series)
{
    private readonly ModelRules?[] _rules = new ModelRules?[Enum.GetValues<Dialect>().Length];

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

    /// <summary>Who answers here, for what is signed: a signature of one vendor holds with no other.</summary>
    public Owner OwnerIn(Dialect dialect) => new(dialect, Provider.Platform);

    /// <summary>What translation must know of the model, where it is spoken to in this dialect.</summary>
    public ModelRules RulesIn(Dialect dialect) => _rules[(int)dialect] ??= TranslationRules.Of(Provider, dialect, Model, Info);

    /// <summary>True when a call is relayed as it came.</summary>
    public bool Serves(Operation asked) => Provider.Serves(asked, Model);

    /// <summary>True when a call is relayed as it came, or can be translated into a dialect that the provider speaks.</summary>
    public bool CanServe(Operation asked) => Serves(asked) || (asked.Generates && TranslatesTo(asked.AlwaysStreams) is not null);

    /// <summary>The operation to call upstream: the one that is asked where the provider serves it, else one of another dialect.</summary>
    /// <param name="asked">What the client asks; <see cref="CanServe"/> has said that it can be served.</param>
    /// <param name="streams">True when the client wants events, which then are asked of the vendor too.</param>
    public Operation OperationFor(Operation asked, bool streams) => Serves(asked) ? asked : TranslatesTo(streams)!;

    /// <summary>
    /// The operation that the model's rules prefer where the vendor has it, else the vendor's first operation that the
    /// catalogue lists for the model, or the vendor's first where it lists none.
    /// </summary>
    private Operation? TranslatesTo(bool streams)
    {
        Operation? first = null;
        Operation? listed = null;
        foreach (var row in Provider.Descriptor.Operations)
        {
            var operation = row.Operation;
            if (!operation.Generates || (operation.ModelInPath && operation.AlwaysStreams != streams) || !Serves(operation))
            {
                continue;
            }

            if (operation.Name == RulesIn(operation.Dialect).Operation)
            {
                return operation;
            }

            first ??= operation;
            if (Info is not { Operations.Count: > 0 } || Info.Operations.Contains(operation.Name))
            {
                listed ??= operation;
            }
        }

        return listed ?? first;
    }
}
