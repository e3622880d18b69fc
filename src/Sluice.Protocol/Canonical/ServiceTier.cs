using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>The way a vendor says that it has served a call, where that changes the price.</summary>
public enum ServiceTier : byte
{
    /// <summary>The vendor's list price; also everything that vendors name and that has no price of its own (<c>default</c>, <c>scale</c>).</summary>
    Standard,

    /// <summary>Served within hours, at a discount.</summary>
    Batch,

    /// <summary>Served when there is room, at a discount.</summary>
    Flex,

    /// <summary>Served before others, at a surcharge.</summary>
    Priority,

    /// <summary>Anthropic's <c>speed: fast</c>, at a surcharge.</summary>
    Fast,
}

/// <summary>Reads the tier that an answer names.</summary>
internal static class ServiceTiers
{
    /// <summary>The tier by the vendor's name for it: OpenAI's and Anthropic's, and Google's <c>trafficType</c> of Vertex AI.</summary>
    public static ServiceTier Of(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("priority"u8) || name.SequenceEqual("ON_DEMAND_PRIORITY"u8) => ServiceTier.Priority,
        _ when name.SequenceEqual("flex"u8) || name.SequenceEqual("ON_DEMAND_FLEX"u8) => ServiceTier.Flex,
        _ when name.SequenceEqual("batch"u8) => ServiceTier.Batch,
        _ when name.SequenceEqual("fast"u8) => ServiceTier.Fast,
        _ => ServiceTier.Standard,
    };

    /// <summary>The tier that a string member of a usage object names; <see cref="ServiceTier.Standard"/> when there is none.</summary>
    /// <param name="usage">The usage object.</param>
    /// <param name="quotedName">The member's name with its quotes.</param>
    public static ServiceTier Find(ReadOnlySpan<byte> usage, ReadOnlySpan<byte> quotedName)
    {
        var at = JsonKeySearch.FindValue(usage, quotedName);
        return at < 0 ? ServiceTier.Standard : OfToken(usage[at..]);
    }

    /// <summary>The tier that a value names which begins here; <see cref="ServiceTier.Standard"/> when it is no string.</summary>
    public static ServiceTier OfToken(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] != (byte)'"')
        {
            return ServiceTier.Standard;
        }

        var contents = value[1..];
        var escaped = false;
        var end = JsonText.IndexOfQuote(contents, ref escaped);
        return end < 0 ? ServiceTier.Standard : Of(contents[..end]);
    }
}
