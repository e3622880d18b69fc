using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>How many answers a Completions request can be charged for: <c>best_of</c> makes more than it gives, and each prompt of a list has its own.</summary>
public static class CompletionsAnswers
{
    /// <summary>The most answers of a body that <see cref="RequestPeeker"/> has let pass.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="choices">What <c>n</c> asks for.</param>
    public static long Most(ReadOnlySpan<byte> body, long choices)
    {
        long prompts = 1;
        var members = new JsonMembers(body, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (JsonText.Equals(members.Name, "best_of"u8))
            {
                choices = JsonNumber.TryReadWhole(members.Value, out var best) ? Math.Max(choices, Math.Min(best, int.MaxValue)) : choices;
            }
            else if (JsonText.Equals(members.Name, "prompt"u8))
            {
                prompts = Prompts(members.Value);
            }
        }

        return prompts * choices;
    }

    /// <summary>At most how many prompts a value holds: a list of numbers is the tokens of one.</summary>
    private static long Prompts(ReadOnlySpan<byte> value)
    {
        if (value[0] != (byte)'[')
        {
            return 1;
        }

        var first = value[1..].TrimStart(" \t\r\n"u8)[0];
        return first switch
        {
            (byte)'"' => 1 + value.Count((byte)','),
            (byte)'[' => value.Count((byte)'[') - 1,
            _ => 1,
        };
    }
}
