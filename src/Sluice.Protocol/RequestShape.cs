using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>What the gateway takes from a top-level request member.</summary>
internal enum MemberRole : byte
{
    /// <summary>Only the type is checked.</summary>
    None,
    Model,
    Stream,
    StreamOptions,

    /// <summary>Bounds the output; gives way to <see cref="PreferredMaxTokens"/>.</summary>
    MaxTokens,
    PreferredMaxTokens,
    Choices,

    /// <summary>Gemini's <c>generationConfig</c>, which holds the bound and the number of answers.</summary>
    GenerationConfig,

    /// <summary>The system text, apart from the messages.</summary>
    System,

    /// <summary>The messages.</summary>
    Conversation,
}

/// <summary>A well-known top-level member of a request.</summary>
/// <param name="Name">As the vendor documents it.</param>
/// <param name="Kinds">What the vendor may accept; anything else is refused before it costs an upstream call.</param>
internal sealed record RequestMember(string Name, JsonKinds Kinds)
{
    public MemberRole Role { get; init; }

    /// <summary>A second spelling of the same member; both in one request are a duplicate. Empty when there is none.</summary>
    public string Alias { get; init; } = "";

    /// <summary>True when the vendor refuses a request without it.</summary>
    public bool Required { get; init; }

    /// <summary>A member that may stand in for this one when it is required; empty when there is none.</summary>
    public string OrElse { get; init; } = "";
}

/// <summary>
/// The members of an operation's request that are checked: a deliberately short table of those whose type vendors agree on.
/// A member that is not listed, or whose value only the vendor can judge, passes unread.
/// </summary>
internal sealed class RequestShape
{
    public const int Unknown = -1;

    /// <summary>No member is known.</summary>
    public static readonly RequestShape None = new([]);

    private const int Buckets = 128;

    // \u0000 for one byte.
    private const int LongestEscape = 6;

    private readonly RequestMember[] _members;
    private readonly (byte[] Name, int Member)[] _names;
    private readonly sbyte[] _first = new sbyte[Buckets];
    private readonly sbyte[] _next;
    private readonly int _longestName;
    private readonly ulong _required;

    /// <param name="members">At most 60, because the peeker notes the seen ones in one word.</param>
    public RequestShape(RequestMember[] members)
    {
        _members = members;
        _names = [.. members.Index().SelectMany(entry => entry.Item.Alias.Length == 0
            ? new[] { (entry.Item.Name, entry.Index) }
            : [(entry.Item.Name, entry.Index), (entry.Item.Alias, entry.Index)])
            .Select(entry => (System.Text.Encoding.ASCII.GetBytes(entry.Item1), entry.Index))];
        _next = new sbyte[_names.Length];
        Array.Fill(_first, (sbyte)Unknown);
        for (var i = 0; i < _names.Length; i++)
        {
            var bucket = Bucket(_names[i].Name);
            _next[i] = _first[bucket];
            _first[bucket] = (sbyte)i;
        }

        _longestName = _names.Length == 0 ? 0 : _names.Max(entry => entry.Name.Length);
        foreach (var (index, member) in members.Index())
        {
            if (member.Required)
            {
                _required |= 1UL << index;
            }
        }
    }

    public RequestMember this[int member] => _members[member];

    /// <summary>The index of a member by its name as it came; <see cref="Unknown"/> when it is not listed.</summary>
    public int Find(ReadOnlySpan<byte> name, bool escaped)
    {
        if (!escaped)
        {
            return Find(name);
        }

        if (name.Length > _longestName * LongestEscape)
        {
            return Unknown;
        }

        Span<byte> plain = stackalloc byte[name.Length];
        return Find(plain[..JsonText.Unescape(name, plain)]);
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return Unknown;
        }

        for (int i = _first[Bucket(name)]; i >= 0; i = _next[i])
        {
            if (name.SequenceEqual(_names[i].Name))
            {
                return _names[i].Member;
            }
        }

        return Unknown;
    }

    /// <summary>The first required member that is not among the seen ones; null when all are there.</summary>
    public RequestMember? FirstMissing(ulong seen)
    {
        for (var missing = _required & ~seen; missing != 0; missing &= missing - 1)
        {
            var member = _members[System.Numerics.BitOperations.TrailingZeroCount(missing)];
            var other = member.OrElse.Length == 0 ? Unknown : Array.FindIndex(_members, one => one.Name == member.OrElse);
            if (other < 0 || (seen >> other & 1) == 0)
            {
                return member;
            }
        }

        return null;
    }

    private static int Bucket(ReadOnlySpan<byte> name) => (name[0] * 3 + name[^1] * 5 + name.Length * 11) & (Buckets - 1);
}
