using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

/// <summary>A credential without its secret.</summary>
internal sealed record CredentialItem : IListItem
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>api_key, service_account or none.</summary>
    public required string Kind { get; init; }

    /// <summary>ready, cooling, limited, expired, disabled or draining.</summary>
    public required string State { get; init; }

    /// <summary>When the state ends by itself; null when it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When a free call is to find out whether it works again.</summary>
    public DateTimeOffset? ProbeAt { get; init; }

    public string? Reason { get; init; }
    public int Weight { get; init; }

    /// <summary>Calls at the same time; 0 means no limit.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>Calls that make images, at the same time; 0 means no limit of their own.</summary>
    public int ImageConcurrency { get; init; }

    /// <summary>Calls that make videos, at the same time; 0 means no limit of their own.</summary>
    public int VideoConcurrency { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Without user and password.</summary>
    public required string Proxy { get; init; }

    public int InFlight { get; init; }
    public int ConsecutiveErrors { get; init; }
    public string? LastError { get; init; }

    /// <summary>The quota windows that the vendor has told of, as they stood at the last answer.</summary>
    public IReadOnlyList<QuotaWindowItem> Windows { get; init; } = [];

    /// <summary>What the account has left, where the vendor tells it; as the last test or probe found it.</summary>
    public BalanceItem? Balance { get; init; }

    /// <summary>What was done with it since the first record.</summary>
    public required CredentialUsageItem Usage { get; init; }

    /// <summary>What that cost, in billionths of a US dollar; calls without a known price are not in it.</summary>
    public long CostNanoUsd { get; init; }

    public required string Origin { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

/// <param name="Kind">requests, tokens, input_tokens or output_tokens.</param>
/// <param name="Limit">What the window allows; null when not told.</param>
/// <param name="Remaining">What was left; null when not told.</param>
/// <param name="ResetsAt">When it is whole again; null when not told.</param>
internal sealed record QuotaWindowItem(string Kind, long? Limit, long? Remaining, DateTimeOffset? ResetsAt);

/// <param name="Amount">May be negative.</param>
/// <param name="Currency">ISO 4217, or credits.</param>
internal sealed record BalanceItem(decimal Amount, string Currency);

/// <param name="Calls">All calls.</param>
/// <param name="Failed">Those that failed and cost nothing.</param>
/// <param name="Unpriced">Those whose price was not known.</param>
/// <param name="InputTokens">Cached ones included.</param>
/// <param name="OutputTokens">Reasoning included.</param>
internal sealed record CredentialUsageItem(long Calls, long Failed, long Unpriced, long InputTokens, long OutputTokens);

internal sealed record CreateCredentialBody
{
    /// <summary>The provider's name.</summary>
    public string? Provider { get; init; }

    public string? Name { get; init; }
    public string? ApiKey { get; init; }
    public int? Weight { get; init; }
    public int? MaxConcurrency { get; init; }
    public int? ImageConcurrency { get; init; }
    public int? VideoConcurrency { get; init; }
    public IReadOnlyList<string?>? Tags { get; init; }
    public string? Proxy { get; init; }
}

/// <summary>A change of a credential: members that are absent stay as they are.</summary>
internal sealed record ChangeCredentialBody
{
    /// <summary>A new secret in place of the old one.</summary>
    public string? ApiKey { get; init; }

    public int? Weight { get; init; }
    public int? MaxConcurrency { get; init; }
    public int? ImageConcurrency { get; init; }
    public int? VideoConcurrency { get; init; }
    public IReadOnlyList<string?>? Tags { get; init; }

    /// <summary>Empty for none.</summary>
    public string? Proxy { get; init; }
}

/// <param name="Model">The vendor's model id; absent asks the vendor's free list of models instead of sending a call.</param>
internal sealed record TestCredentialBody(string? Model = null);

/// <param name="Model">As for one; a model that all the providers serve.</param>
/// <param name="Provider">Only the credentials of this provider; all when absent.</param>
internal sealed record TestCredentialsBody(string? Model = null, string? Provider = null);

/// <param name="Ok">True when the provider answered the call.</param>
/// <param name="Status">The provider's HTTP status; 0 when there was none.</param>
/// <param name="Message">What was found, for a person.</param>
/// <param name="LatencyMs">How long the call took.</param>
internal sealed record CredentialTestItem(bool Ok, int Status, string Message, long LatencyMs);

/// <summary>A test of one credential among many.</summary>
internal sealed record TestedCredentialItem(string Id, string Name, string Provider, bool Ok, int Status, string Message, long LatencyMs);

/// <param name="Ok">True when every credential was accepted.</param>
/// <param name="Accepted">How many were.</param>
/// <param name="Failed">How many were not.</param>
/// <param name="Results">Each of them.</param>
internal sealed record TestedCredentialsItem(bool Ok, int Accepted, int Failed, IReadOnlyList<TestedCredentialItem> Results);

/// <summary>Many credentials for one provider: pasted text, or the content of files, or both.</summary>
internal sealed record ImportCredentialsBody
{
    /// <summary>The provider's name.</summary>
    public string? Provider { get; init; }

    /// <summary>A key, or a name and a key, in each line; or JSON.</summary>
    public string? Text { get; init; }

    /// <summary>Google key files, a map-config.json with its key files, or files of the same form as the text.</summary>
    public IReadOnlyList<ImportFileBody?>? Files { get; init; }

    public int? Weight { get; init; }
    public int? MaxConcurrency { get; init; }
    public int? ImageConcurrency { get; init; }
    public int? VideoConcurrency { get; init; }
    public IReadOnlyList<string?>? Tags { get; init; }
    public string? Proxy { get; init; }

    /// <summary>Read and report, and store nothing.</summary>
    public bool DryRun { get; init; }
}

/// <param name="Name">The file's name.</param>
/// <param name="Content">Its text, or the JSON document itself.</param>
internal sealed record ImportFileBody(string? Name = null, JsonElement? Content = null);

/// <param name="Where">The line, or the file.</param>
/// <param name="Name">The credential's name.</param>
/// <param name="Status">created, duplicate, refused or skipped.</param>
/// <param name="Message">Why it was not created.</param>
/// <param name="Id">The new credential's id.</param>
internal sealed record ImportedCredentialItem(string Where, string Name, string Status, string Message, string? Id);

/// <summary>What became of an import.</summary>
internal sealed record ImportedCredentialsItem(
    string Provider, bool DryRun, int Created, int Duplicates, int Refused, int Skipped, IReadOnlyList<ImportedCredentialItem> Results);
