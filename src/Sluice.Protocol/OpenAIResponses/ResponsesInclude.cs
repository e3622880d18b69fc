namespace Sluice.Protocol.OpenAIResponses;

/// <summary>The words of <c>include</c> that the model knows.</summary>
internal static class ResponsesInclude
{
    /// <summary>Begins the names of unmodelled members that stand for one word each.</summary>
    public const string Mark = "include.";

    public const string Logprobs = "message.output_text.logprobs";

    public const string SignedReasoning = "reasoning.encrypted_content";
}
