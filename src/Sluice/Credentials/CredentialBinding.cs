namespace Sluice.Credentials;

/// <summary>Credentials that a client's calls may go out with; what is null matches all.</summary>
/// <param name="Provider">A provider's name.</param>
/// <param name="Credential">A credential's name.</param>
/// <param name="Location">The region of a cloud platform's provider.</param>
/// <param name="Weight">The share of calls; 0 serves only when no other can.</param>
internal sealed record BoundCredential(string? Provider, string? Credential, string? Location, int Weight)
{
    public bool Matches(string provider, string credential, string location)
        => (Provider is null || Provider == provider) && (Credential is null || Credential == credential) && (Location is null || Location == location);
}

/// <summary>The credentials that a client is bound to, by weight: its calls go out with no others.</summary>
internal sealed class CredentialBinding(IReadOnlyList<BoundCredential> entries)
{
    public IReadOnlyList<BoundCredential> Entries { get; } = entries;

    /// <summary>The share of one credential.</summary>
    public int WeightOf(string provider, string credential, string location)
    {
        var weight = 0;
        foreach (var entry in Entries)
        {
            weight += entry.Matches(provider, credential, location) ? entry.Weight : 0;
        }

        return weight;
    }

    /// <summary>True when a credential is among them.</summary>
    public bool Allows(string provider, string credential, string location)
    {
        foreach (var entry in Entries)
        {
            if (entry.Matches(provider, credential, location))
            {
                return true;
            }
        }

        return false;
    }
}
