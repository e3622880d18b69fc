namespace Sluice.Auth;

/// <summary>Finds the caller of a key. Reads no database: keys are in memory and changes are pushed.</summary>
internal interface ICallerRegistry
{
    /// <summary>Raised by one whenever any key was added, changed or revoked; a cached <see cref="Caller"/> of an older generation must be looked up again.</summary>
    long Generation { get; }

    /// <summary>Looks a key up by the HMAC-SHA-256 of its whole text; null when it is unknown, revoked or expired.</summary>
    Caller? Find(ReadOnlySpan<char> keyText);
}
