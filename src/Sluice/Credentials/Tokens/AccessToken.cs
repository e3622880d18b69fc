namespace Sluice.Credentials.Tokens;

/// <summary>What a credential was exchanged for. Lives in memory only.</summary>
/// <param name="text">As it goes into a header.</param>
/// <param name="expiresAt">When its issuer ends it, as a time stamp.</param>
/// <param name="usableUntil">The last moment at which a call should begin with it, as a time stamp.</param>
internal sealed class AccessToken(string text, long expiresAt, long usableUntil)
{
    public string Text { get; } = text;

    public long ExpiresAt { get; } = expiresAt;

    public long UsableUntil { get; } = usableUntil;

    public bool IsUsable(long now) => now < UsableUntil;

    public override string ToString() => "***";
}
