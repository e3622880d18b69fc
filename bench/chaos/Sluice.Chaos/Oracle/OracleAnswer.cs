using System.Globalization;
using System.Text;
using Sluice.Chaos.Load;

namespace Sluice.Chaos.Oracle;

/// <summary>OpenAI Chat Completions as far as the harness needs them; each answer carries its call's marker as its id.</summary>
internal static class OracleAnswer
{
    public const string Done = "data: [DONE]\n\n";

    /// <summary>The whole answer of a call that does not stream.</summary>
    public static byte[] Document(CallPlan plan) => Encoding.UTF8.GetBytes(
        $$$"""{"id":"{{{plan.Marker}}}","object":"chat.completion","created":1790000000,"model":"oracle","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Words(plan.OutputTokens)}}}"},"finish_reason":"stop"}],"usage":{{{Usage(plan)}}}}""");

    /// <summary>One content event: an equal share of the output.</summary>
    public static byte[] Event(CallPlan plan, int index)
        => Chunk(plan, $$"""[{"index":0,"delta":{"content":"{{Words(Share(plan, index))}}"},"finish_reason":null}]""", "null");

    /// <summary>The finish, the usage and the end mark.</summary>
    public static byte[] LastEvents(CallPlan plan) =>
    [
        .. Chunk(plan, """[{"index":0,"delta":{},"finish_reason":"stop"}]""", "null"),
        .. Chunk(plan, "[]", Usage(plan)),
        .. Encoding.UTF8.GetBytes(Done),
    ];

    private static byte[] Chunk(CallPlan plan, string choices, string usage) => Encoding.UTF8.GetBytes(
        $$"""data: {"id":"{{plan.Marker}}","object":"chat.completion.chunk","created":1790000000,"model":"oracle","choices":{{choices}},"usage":{{usage}}}""" + "\n\n");

    private static string Usage(CallPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"prompt_tokens":{{plan.InputTokens}},"completion_tokens":{{plan.OutputTokens}},"total_tokens":{{plan.InputTokens + plan.OutputTokens}}}""");

    private static int Share(CallPlan plan, int index)
        => (plan.OutputTokens * (index + 1) / plan.Events) - (plan.OutputTokens * index / plan.Events);

    /// <summary>Four characters a token, about what English has.</summary>
    private static string Words(int tokens) => string.Concat(Enumerable.Repeat("tok ", tokens));
}
