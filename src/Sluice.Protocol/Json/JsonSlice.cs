namespace Sluice.Protocol.Json;

/// <summary>A place in a JSON document: the raw token as it stands, quotes included for a string.</summary>
/// <param name="Offset">Bytes before the token.</param>
/// <param name="Length">Bytes of the token; 0 when the member is absent.</param>
public readonly record struct JsonSlice(int Offset, int Length)
{
    /// <summary>True when the member was found.</summary>
    public bool Found => Length > 0;

    /// <summary>The token's bytes.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> document) => document.Slice(Offset, Length);
}
