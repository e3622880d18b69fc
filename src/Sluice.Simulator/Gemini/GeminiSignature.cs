namespace Sluice.Simulator.Gemini;

/// <summary>What a thought signature is bound to: the model, and the part that it came on.</summary>
internal static class GeminiSignature
{
    public static string CallPurpose(string model, string function) => $"gemini {model} call {function}";

    public static string TextPurpose(string model) => $"gemini {model} text";
}
