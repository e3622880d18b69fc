namespace Sluice.Providers.Vertex;

/// <summary>The hosts of Vertex AI (@google/genai 2.32.0 and @anthropic-ai/vertex-sdk 1.1.3 make the same choice).</summary>
internal static class VertexHosts
{
    public const string DefaultLocation = "global";

    /// <summary>A region has its own host; <c>us</c> and <c>eu</c> are multi-regions; <c>global</c> is everywhere.</summary>
    public static string BaseUrlOf(string location) => location switch
    {
        "" or DefaultLocation => "https://aiplatform.googleapis.com",
        "us" or "eu" => $"https://aiplatform.{location}.rep.googleapis.com",
        _ => $"https://{location}-aiplatform.googleapis.com",
    };
}
