namespace Sluice.Simulator.Answers;

/// <summary>Ids with the vendors' prefixes, alphabets and lengths.</summary>
internal static class SimulatedId
{
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Hexadecimal = "0123456789abcdef";

    public static string ChatCompletion(SeededRandom random) => "chatcmpl-" + Draw(random, Alphanumeric, 29);

    public static string Completion(SeededRandom random) => "cmpl-" + Draw(random, Alphanumeric, 29);

    public static string OpenAICall(SeededRandom random) => "call_" + Draw(random, Alphanumeric, 24);

    public static string Moderation(SeededRandom random) => "modr-" + Draw(random, Alphanumeric, 24);

    /// <summary>A Responses object or item: <c>resp_</c>, <c>msg_</c>, <c>rs_</c>, <c>fc_</c>, <c>ctc_</c>.</summary>
    public static string Responses(SeededRandom random, string prefix) => prefix + Draw(random, Hexadecimal, 50);

    /// <summary>An Anthropic object: <c>msg_</c>, <c>toolu_</c>.</summary>
    public static string Anthropic(SeededRandom random, string prefix) => prefix + "01" + Draw(random, Alphanumeric, 22);

    public static string GeminiResponse(SeededRandom random) => Draw(random, Alphanumeric, 23);

    public static string GeminiCall(SeededRandom random) => Draw(random, Alphanumeric, 8).ToLowerInvariant();

    /// <summary>A run of letters and digits of no meaning.</summary>
    public static string Noise(SeededRandom random, int length) => Draw(random, Alphanumeric, length);

    public static string Hex(SeededRandom random, int length) => Draw(random, Hexadecimal, length);

    private static string Draw(SeededRandom random, string alphabet, int length) =>
        string.Create(length, (random, alphabet), static (span, state) =>
        {
            foreach (ref var c in span)
            {
                c = state.alphabet[state.random.Below(state.alphabet.Length)];
            }
        });
}
