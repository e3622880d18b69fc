using System.Text.Json;
using Sluice.Providers.Catalogue;
using Sluice.Providers.Quota;

namespace Sluice.Providers.OpenAICompatible;

/// <summary>A row of <c>vendors.json</c>: a vendor that needs no code. The members are explained in this folder's README.</summary>
/// <param name="Id">The provider type, such as <c>groq</c>.</param>
/// <param name="Name">The vendor's name for people.</param>
internal sealed record VendorRow(string Id, string Name)
{
    /// <summary>As the vendor's own documentation gives it to OpenAI's SDK; null where each customer has their own.</summary>
    public string? BaseUrl { get; init; }

    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary><c>bearer</c>, <c>none</c>, or the name of the header that takes the bare key, such as <c>api-key</c>.</summary>
    public string Auth { get; init; } = "bearer";

    /// <summary>False where calls without a key are served as well.</summary>
    public bool KeyRequired { get; init; } = true;

    /// <summary>Names of operations.</summary>
    public IReadOnlyList<string> Operations { get; init; } = ["chat"];

    /// <summary>Paths by operation, where they are not the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Paths { get; init; } = new Dictionary<string, string>();

    /// <summary>False where <c>stream_options.include_usage</c> is refused.</summary>
    public bool IncludeUsage { get; init; } = true;

    /// <summary>True where the vendor wants thoughts back in <c>reasoning_content</c>.</summary>
    public bool ReasoningContent { get; init; }

    /// <summary>Null where the vendor lists no models.</summary>
    public string? ModelsPath { get; init; } = "/models";

    /// <summary>Where the vendor tells what an account has left; null where it does not.</summary>
    public BalanceRow? Balance { get; init; }

    /// <summary>Sent with each call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The vendor's error codes or types that mean something else than their status says.</summary>
    public IReadOnlyDictionary<string, UpstreamFailureKind> Errors { get; init; } = new Dictionary<string, UpstreamFailureKind>();

    public string? Docs { get; init; }

    /// <summary>The day the row was compared with the vendor's documentation.</summary>
    public DateOnly Checked { get; init; }

    /// <summary>Something an operator should know; shown in docs/providers.md.</summary>
    public string? Note { get; init; }

    /// <summary>Reads a row; a member that is left out has its default.</summary>
    /// <exception cref="JsonException">The row has a member that is not known.</exception>
    public static VendorRow Read(JsonElement json)
    {
        var row = new DataObject(json);
        var usual = new VendorRow(row.Text("id") ?? "", row.Text("name") ?? "");
        return row.Close(usual with
        {
            BaseUrl = row.Text("base_url"),
            Env = row.Texts("env"),
            Auth = row.Text("auth") ?? usual.Auth,
            KeyRequired = row.Flag("key_required") ?? usual.KeyRequired,
            Operations = row.Texts("operations") is { Count: > 0 } operations ? operations : usual.Operations,
            Paths = row.TextsByName("paths"),
            IncludeUsage = row.Flag("include_usage") ?? usual.IncludeUsage,
            ReasoningContent = row.Flag("reasoning_content") ?? usual.ReasoningContent,
            ModelsPath = row.Has("models_path") ? row.Text("models_path") : usual.ModelsPath,
            Balance = BalanceOf(row.TextsByName("balance")),
            Headers = row.TextsByName("headers"),
            Errors = row.TextsByName("errors").ToDictionary(error => error.Key, error => KindOf(error.Value), StringComparer.Ordinal),
            Docs = row.Text("docs"),
            Checked = row.Date("checked") ?? default,
            Note = row.Text("note"),
        });
    }

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
        TakesReasoningContent = ReasoningContent,
        ModelsPath = ModelsPath,
        Balance = Balance,
        RequiresCredential = KeyRequired,
        DocsUrl = Docs,
    };

    private static BalanceRow? BalanceOf(IReadOnlyDictionary<string, string> texts)
        => texts.Count == 0 ? null : new BalanceRow(texts["path"], texts["value"], texts["currency"]);

    /// <summary>The kind as the data files write it: <c>out_of_credit</c>.</summary>
    private static UpstreamFailureKind KindOf(string text)
        => Enum.Parse<UpstreamFailureKind>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
