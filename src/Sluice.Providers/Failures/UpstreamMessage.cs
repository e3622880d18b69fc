namespace Sluice.Providers.Failures;

/// <summary>The words for people in a vendor's error document, whichever vendor's form it has.</summary>
public static class UpstreamMessage
{
    /// <summary>The message, of bounded length; empty when the document has none.</summary>
    public static string Of(ReadOnlySpan<byte> body) => UpstreamErrorBody.Read(body).Message;
}
