namespace Sluice.StoredResponses;

/// <summary>Where a vendor keeps an answer: only this credential of this provider finds it again.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Credential">The credential's name.</param>
internal sealed record VendorPlace(string Provider, string Credential);

/// <summary>How an answer is kept; the numbers stand in the database.</summary>
internal enum StoredState
{
    /// <summary>By its vendor.</summary>
    AtVendor = 1,

    /// <summary>Here.</summary>
    Here = 2,

    /// <summary>Here, and it is still being worked on.</summary>
    Open = 3,
}

/// <summary>An answer of the Responses API that a later call may ask for or go on from.</summary>
/// <param name="KeyId">Whose it is: the id of the API key that made it. For every other it does not exist.</param>
/// <param name="Id">As the client sees it: the vendor's own where the vendor's bytes were relayed, else Sluice's.</param>
/// <param name="Model">The vendor's model where the vendor keeps it, else the model as it was asked for.</param>
internal sealed record StoredResponse(string KeyId, string Id, string Model)
{
    /// <summary>Where it is kept; null when it is kept here.</summary>
    public VendorPlace? Vendor { get; init; }

    /// <summary>What is kept of it; null when its vendor keeps it.</summary>
    public ResponseContent? Content { get; init; }

    /// <summary>The answer that it went on from, of the same key and kept here; null when it began a conversation.</summary>
    public string? PreviousId { get; init; }

    /// <summary>True while it is being worked on.</summary>
    public bool IsOpen { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public StoredState State => Vendor is not null ? StoredState.AtVendor : IsOpen ? StoredState.Open : StoredState.Here;

    /// <summary>About how much room it takes, in bytes.</summary>
    public long Bytes => 512 + (Content?.Bytes ?? 0);
}
