namespace Sluice.Cli.Connect;

/// <summary>OpenAI's SDKs, and the many tools that read the same two variables. The base URL has the <c>/v1</c>. Checked in openai (npm) 6.49.0.</summary>
internal static class OpenAISetup
{
    public static ClientSetup Create(ConnectRequest request) => new()
    {
        Client = "OpenAI SDKs",
        Environment = [new("OPENAI_BASE_URL", $"{request.Url}/v1"), new("OPENAI_API_KEY", request.Key)],
        Notes = ["SDKs read these variables; there is no file to change. Tools that ask for a base URL take the same one, with /v1."],
    };
}
