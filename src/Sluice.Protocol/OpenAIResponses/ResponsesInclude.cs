namespace Sluice.Protocol.OpenAIResponses;

/// <summary>The member <c>include</c> and the words of it that the model knows.</summary>
internal static class ResponsesInclude
{
    public const string Name = "include";

    public const string Logprobs = "message.output_text.logprobs";

    public const string SignedReasoning = "reasoning.encrypted_content";
}
