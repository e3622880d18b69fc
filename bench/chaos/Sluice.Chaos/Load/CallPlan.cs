using System.Globalization;
using System.Text;

namespace Sluice.Chaos.Load;

/// <summary>
/// What one call asks the oracle to do. It travels in the body's <c>user</c> member, so that the oracle acts on what came over
/// the wire and on nothing else; the number is also the call's <c>x-client-request-id</c> and finds its ledger record.
/// </summary>
/// <param name="Number">Unique in a run.</param>
/// <param name="InputTokens">What the oracle will report as prompt tokens; fewer than the body has bytes, as with any real tokenizer.</param>
/// <param name="OutputTokens">What it will report as completion tokens; at most <paramref name="MaxTokens"/>.</param>
/// <param name="MaxTokens">The body's <c>max_tokens</c>.</param>
/// <param name="Events">Content events of a stream; 0 asks for one JSON document.</param>
/// <param name="PauseMilliseconds">Before the JSON document, or between two events.</param>
/// <param name="Leaves">The client goes away after the first bytes.</param>
internal sealed record CallPlan(long Number, int InputTokens, int OutputTokens, int MaxTokens, int Events, int PauseMilliseconds, bool Leaves)
{
    /// <summary>The model that every call asks for.</summary>
    public const string Model = "oracle";

    private const string MarkerPrefix = "chaos-";
    private const int MostInputTokens = 100;
    private const int MostOutputTokens = 100;

    public bool Streams => Events > 0;

    /// <summary>Such as <c>chaos-000000017</c>: of one length, so that equal plans make bodies of equal size.</summary>
    public string Marker => string.Create(CultureInfo.InvariantCulture, $"{MarkerPrefix}{Number:D9}");

    /// <summary>A mix as clients bring it: half are quick documents, the rest slow documents and streams; a few clients leave.</summary>
    public static CallPlan Mixed(long number, Random random)
    {
        var tokens = Quick(number, random);
        return random.Next(4) switch
        {
            0 => tokens with { Events = random.Next(1, 12), Leaves = random.Next(20) == 0 },
            1 => tokens with { Events = random.Next(2, 10), PauseMilliseconds = random.Next(5, 50), Leaves = random.Next(20) == 0 },
            2 => tokens with { PauseMilliseconds = random.Next(5, 80) },
            _ => tokens,
        };
    }

    /// <summary>One JSON document, at once.</summary>
    public static CallPlan Quick(long number, Random random)
        => new(number, random.Next(1, MostInputTokens), random.Next(1, MostOutputTokens + 1), MostOutputTokens, 0, 0, false);

    public byte[] ToBody() => Encoding.UTF8.GetBytes(
        $$"""{"model":"{{Model}}","user":"{{ToUser()}}","max_tokens":{{Text(MaxTokens)}},{{(Streams ? "\"stream\":true," : "")}}"messages":[{"role":"user","content":"Count what this call costs, and count it once."}]}""");

    /// <summary>Reads the plan that <see cref="ToBody"/> wrote, whatever the gateway has done to the rest of the body; null where there is none.</summary>
    public static CallPlan? FromBody(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("\"user\":\""u8);
        if (at < 0)
        {
            return null;
        }

        var rest = body[(at + 8)..];
        var parts = Encoding.UTF8.GetString(rest[..Math.Max(0, rest.IndexOf((byte)'"'))]).Split(':');
        return parts.Length == 7 && NumberOf(parts[0]) is { } number
            ? new CallPlan(number, Int(parts[1]), Int(parts[2]), Int(parts[3]), Int(parts[4]), Int(parts[5]), parts[6] == "1")
            : null;
    }

    /// <summary>The number in a marker; null for any other text.</summary>
    public static long? NumberOf(string? marker)
        => marker is not null && marker.StartsWith(MarkerPrefix, StringComparison.Ordinal)
            && long.TryParse(marker.AsSpan(MarkerPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;

    private string ToUser()
        => string.Create(CultureInfo.InvariantCulture, $"{Marker}:{InputTokens}:{OutputTokens}:{MaxTokens}:{Events}:{PauseMilliseconds}:{(Leaves ? 1 : 0)}");

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
