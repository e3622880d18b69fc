using Sluice.Protocol;

namespace Sluice.Providers;

/// <summary>Where an operation lives under a provider's base URL.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Path">
/// Appended to the base URL; <c>{model}</c> stands for the percent-encoded model name (slashes kept), <c>{id}</c> for an answer's. A path that begins
/// with <c>~/</c> begins at the host instead, for vendors that serve a second dialect beside their base URL.
/// </param>
public sealed record OperationPath(Operation Operation, string Path)
{
    /// <summary>Where a call lives whose body asks for a stream, for vendors that have a path of its own for that; null elsewhere.</summary>
    public string? StreamPath { get; init; }

    /// <summary>Whose models the row serves, on a platform of several publishers; empty for all.</summary>
    public string Publisher { get; init; } = "";

    /// <summary>False where the vendor refuses query parameters that clients of the dialect send.</summary>
    public bool TakesQuery { get; init; } = true;
}

/// <summary>A provider as data: what it serves, where, and how it is offered on the first run.</summary>
/// <param name="Type">The value of <c>type</c> in <c>sluice.yaml</c>.</param>
/// <param name="DisplayName">The vendor's name for people.</param>
public sealed record ProviderDescriptor(string Type, string DisplayName)
{
    /// <summary>Used when the configuration gives no <c>base_url</c>; null where it must be given.</summary>
    public string? DefaultBaseUrl { get; init; }

    /// <summary>Environment variables that usually hold the vendor's key, in order of preference.</summary>
    public IReadOnlyList<string> EnvironmentVariables { get; init; } = [];

    /// <summary>What the vendor serves; an operation without a row is not served.</summary>
    public IReadOnlyList<OperationPath> Operations { get; init; } = [];

    /// <summary>The models known from the vendor's <c>models.json</c>, newest first.</summary>
    public IReadOnlyList<ModelInfo> Models { get; init; } = [];

    /// <summary>
    /// Patterns of names that the vendor serves beside <see cref="Models"/>, offered when no models are configured;
    /// <c>*</c> stands for any run of characters.
    /// </summary>
    public IReadOnlyList<string> AlsoServes { get; init; } = [];

    /// <summary>True when <c>stream_options.include_usage</c> is understood, so that usage can be asked of a stream.</summary>
    public bool SupportsIncludeUsage { get; init; } = true;

    /// <summary>True when thoughts go back in <c>reasoning_content</c> (Chat), which such vendors ask for in tool loops.</summary>
    public bool TakesReasoningContent { get; init; }

    /// <summary>Where the list of models is fetched from, under the base URL; null where the vendor has none.</summary>
    public string? ModelsPath { get; init; }

    /// <summary>Where the vendor tells what an account has left; null where it does not.</summary>
    public Quota.BalanceRow? Balance { get; init; }

    /// <summary>False where a call needs no credential at all (a local Ollama or vLLM, the simulator).</summary>
    public bool RequiresCredential { get; init; } = true;

    /// <summary>
    /// True where <c>base_url</c> ends with the API's version, as OpenAI's SDK takes it (<c>…/v1</c>); false where the
    /// vendor's SDK appends the version itself.
    /// </summary>
    public bool BaseUrlHasVersion { get; init; }

    /// <summary>What is particular to a vendor that is a cloud platform; null for all others.</summary>
    public PlatformRules? Platform { get; init; }

    /// <summary>Spells a model's name as the vendor does; as it was asked for where the vendor has no spelling of its own.</summary>
    public Func<string, string> Spelling { get; init; } = static model => model;

    /// <summary>True when the vendor serves the operation for this model.</summary>
    public bool Serves(Operation operation, string model)
        => Operations.Any(row => row.Operation == operation && (row.Publisher.Length == 0 || row.Publisher == Platform?.PublisherOf(model)));

    /// <summary>The vendor's documentation.</summary>
    public string? DocsUrl { get; init; }

    /// <summary>Finds a known model by its id or one of its aliases; null when the catalogue does not know it.</summary>
    public ModelInfo? FindModel(string id) =>
        Models is Catalogue.ModelCatalogue catalogue ? catalogue.Find(id) : Models.FirstOrDefault(m => m.IsNamed(id));

    /// <summary>
    /// This provider as the configuration's <c>dialects</c> describe it: the operations of those dialects and no others,
    /// at the vendor's own paths where it has them and at the dialect's usual paths where it has not.
    /// An empty list changes nothing.
    /// </summary>
    public ProviderDescriptor Serving(IReadOnlyCollection<Dialect> dialects)
    {
        if (dialects.Count == 0)
        {
            return this;
        }

        var known = Operations.Select(row => row.Operation.Dialect).ToHashSet();
        var usual = BaseUrlHasVersion ? UsualPaths.UnderVersion : UsualPaths.UnderHost;
        return this with
        {
            Operations =
            [
                .. Operations.Where(row => dialects.Contains(row.Operation.Dialect)),
                .. usual.Where(row => dialects.Contains(row.Operation.Dialect) && !known.Contains(row.Operation.Dialect)),
            ],
        };
    }
}
