namespace Sluice.Auth;

/// <summary>Callers who come with a token that Sluice has issued, and not with an API key. Reads no database.</summary>
internal interface IIssuedCallers
{
    /// <summary>Raised whenever what was issued may have ended: a caller that was found must be looked up again.</summary>
    event Action? Changed;

    /// <summary>Who comes with this text; null when it is not this issuer's, has ended, or was taken back.</summary>
    Caller? Find(ReadOnlySpan<char> text);

    /// <summary>The caller of that id or name, for people; null when there is none.</summary>
    Caller? FindByName(string idOrName);
}
