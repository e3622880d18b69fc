namespace Sluice.Credentials.Import;

/// <summary>Something to import from: pasted text, or a file.</summary>
/// <param name="Name">The file's name without its folder; empty for pasted text.</param>
/// <param name="Text">Its content.</param>
internal sealed record ImportSource(string Name, string Text);

/// <summary>Credentials to add to a provider, with what they have in common unless a source says otherwise.</summary>
internal sealed record CredentialImportRequest(string Provider, IReadOnlyList<ImportSource> Sources)
{
    public int Weight { get; init; } = 1;
    public int MaxConcurrency { get; init; }
    public int ImageConcurrency { get; init; }
    public int VideoConcurrency { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public string Proxy { get; init; } = "";

    /// <summary>Read and report, and store nothing.</summary>
    public bool DryRun { get; init; }
}

internal enum ImportStatus
{
    Created,

    /// <summary>The provider has the same secret already, or it stood in the import before.</summary>
    Duplicate,
    Refused,

    /// <summary>Understood, and not a credential.</summary>
    Skipped,
}

/// <summary>What became of one entry.</summary>
/// <param name="Where">The line of pasted text, such as <c>line 3</c>, or the file.</param>
/// <param name="Name">The credential's name; empty where none could be told.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Message">Why it was not created; empty when it was. Never a secret.</param>
/// <param name="Id">The new credential's id; null when none was made.</param>
internal sealed record ImportResult(string Where, string Name, ImportStatus Status, string Message, string? Id = null);

/// <summary>Adds many credentials at once; a bad one is named and takes none of the others down.</summary>
internal interface ICredentialImport
{
    /// <summary>Imports; null when there is no provider of that name.</summary>
    Task<IReadOnlyList<ImportResult>?> ImportAsync(CredentialImportRequest request, CancellationToken cancellationToken);
}
