namespace Sluice.Providers.Failures;

/// <summary>The words for people in a vendor's error document, whichever vendor's form it has.</summary>
public static class UpstreamMessage
{
    /// <summary>The message, of bounded length; empty when the document has none.</summary>
    public static string Of(ReadOnlySpan<byte> body) => UpstreamErrorBody.Read(body).Message;

    /// <summary>True for an error in Google's form, which has a status in words.</summary>
    public static bool HasGoogleForm(ReadOnlySpan<byte> body) => UpstreamErrorBody.Read(body).Status.Length > 0;
}
