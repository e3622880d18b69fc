namespace Sluice.Credentials.Import;

/// <summary>An entry of an import as it was read: a credential, or why it is none.</summary>
/// <param name="Where">As <see cref="ImportResult.Where"/>.</param>
internal sealed record ImportEntry(string Where)
{
    /// <summary>Empty where the source names none; the importer then finds a free one.</summary>
    public string Name { get; init; } = "";

    public string ApiKey { get; init; } = "";

    /// <summary>A Google service account's key file, whole.</summary>
    public string ServiceAccount { get; init; } = "";

    public int? Weight { get; init; }
    public int? MaxConcurrency { get; init; }
    public int? ImageConcurrency { get; init; }
    public int? VideoConcurrency { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public string? Proxy { get; init; }

    /// <summary>The vendor's address that the source ties the secret to; empty where it says none.</summary>
    public string BaseUrl { get; init; } = "";

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault { get; init; }

    /// <summary>True for what is understood and is no credential.</summary>
    public bool IsSkipped { get; init; }
}
