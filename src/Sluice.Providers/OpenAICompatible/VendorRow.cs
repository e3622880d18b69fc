namespace Sluice.Providers.OpenAICompatible;

/// <summary>A row of <c>vendors.json</c>: a vendor that needs no code. The members are explained in this folder's README.</summary>
/// <remarks>Setters and not init: the generated JSON reader gives init-only members that a row leaves out their type's default and not theirs.</remarks>
/// <param name="Id">The provider type, such as <c>groq</c>.</param>
/// <param name="Name">The vendor's name for people.</param>
internal sealed record VendorRow(string Id, string Name)
{
    /// <summary>As the vendor's own documentation gives it to OpenAI's SDK; null where each customer has their own.</summary>
    public string? BaseUrl { get; set; }

    public IReadOnlyList<string> Env { get; set; } = [];

    /// <summary><c>bearer</c>, <c>none</c>, or the name of the header that takes the bare key, such as <c>api-key</c>.</summary>
    public string Auth { get; set; } = "bearer";

    /// <summary>False where calls without a key are served as well.</summary>
    public bool KeyRequired { get; set; } = true;

    /// <summary>Names of operations.</summary>
    public IReadOnlyList<string> Operations { get; set; } = ["chat"];

    /// <summary>Paths by operation, where they are not the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Paths { get; set; } = new Dictionary<string, string>();

    /// <summary>False where <c>stream_options.include_usage</c> is refused.</summary>
    public bool IncludeUsage { get; set; } = true;

    /// <summary>Null where the vendor lists no models.</summary>
    public string? ModelsPath { get; set; } = "/models";

    /// <summary>Sent with each call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    /// <summary>The vendor's error codes or types that mean something else than their status says.</summary>
    public IReadOnlyDictionary<string, UpstreamFailureKind> Errors { get; set; } = new Dictionary<string, UpstreamFailureKind>();

    public string? Docs { get; set; }

    /// <summary>The day the row was compared with the vendor's documentation.</summary>
    public DateOnly Checked { get; set; }

    /// <summary>Something an operator should know; shown in docs/providers.md.</summary>
    public string? Note { get; set; }

    /// <summary>The row as a descriptor.</summary>
    public ProviderDescriptor ToDescriptor() => new(Id, Name)
    {
        DefaultBaseUrl = BaseUrl,
        BaseUrlHasVersion = true,
        EnvironmentVariables = Env,
        Operations =
        [
            .. UsualPaths.UnderVersion
                .Where(row => Operations.Contains(row.Operation.Name))
                .Select(row => Paths.TryGetValue(row.Operation.Name, out var path) ? row with { Path = path } : row),
        ],
        SupportsIncludeUsage = IncludeUsage,
        ModelsPath = ModelsPath,
        RequiresCredential = KeyRequired,
        DocsUrl = Docs,
    };
}
