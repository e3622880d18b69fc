using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>What the readers of the dialects have learnt of one answer.</summary>
internal struct TapState
{
    private const int LongestCode = 128;

    public TokenUsage Usage;

    /// <summary>The tier that stands beside the usage (OpenAI's <c>service_tier</c>), and not in it.</summary>
    public ServiceTier Tier;

    public bool HasUsage;
    public bool Ended;
    public bool LastWord;
    public bool HasError;
    public string ErrorCode;
    public int Events;
    public long OutputTextBytes;

    /// <summary>Notes the usage that counts from now on.</summary>
    public void SetUsage(TokenUsage usage)
    {
        Usage = usage;
        HasUsage = true;
    }

    /// <summary>
    /// Notes an error in the answer. The code is the first of <c>code</c>, <c>status</c> and <c>type</c> that
    /// <paramref name="error"/> holds, in the order of <paramref name="preferred"/> first.
    /// </summary>
    /// <param name="error">The vendor's error object; anything else notes an error without a code.</param>
    /// <param name="preferred">The member that holds this dialect's code.</param>
    public void SetError(ReadOnlySpan<byte> error, ReadOnlySpan<byte> preferred)
    {
        HasError = true;
        if (ErrorCode.Length > 0)
        {
            return;
        }

        var best = int.MaxValue;
        var members = new JsonMembers(error, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            var rank = members.Name.SequenceEqual(preferred) ? 0
                : members.Name.SequenceEqual("code"u8) ? 1
                : members.Name.SequenceEqual("type"u8) ? 2
                : int.MaxValue;
            if (rank < best && Text(members.Value) is { Length: > 0 } code)
            {
                best = rank;
                ErrorCode = code;
            }
        }
    }

    private static string Text(ReadOnlySpan<byte> value) => JsonKindsExtensions.StartingWith(value[0]) switch
    {
        JsonKinds.String when value.Length <= LongestCode => System.Text.Encoding.UTF8.GetString(JsonText.Contents(value)),
        JsonKinds.Number when value.Length <= LongestCode => System.Text.Encoding.UTF8.GetString(value),
        _ => "",
    };
}
