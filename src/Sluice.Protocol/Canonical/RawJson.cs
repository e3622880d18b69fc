using System.Text;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// One JSON value as it came, byte for byte: numbers keep their digits and objects the order of their members. A slice of
/// the document that was read, valid as long as that document's memory; <see cref="Copy"/> makes it independent.
/// </summary>
/// <param name="Utf8">The value's UTF-8 text; empty when there is no value.</param>
public readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>An object without members.</summary>
    public static RawJson EmptyObject { get; } = Of("{}");

    /// <summary>True when there is no value at all; <c>null</c> is a value.</summary>
    public bool IsEmpty => Utf8.IsEmpty;

    /// <summary>The value's bytes.</summary>
    public ReadOnlySpan<byte> Span => Utf8.Span;

    /// <summary>True when the value is an object.</summary>
    public bool IsObject => !IsEmpty && Span[0] == (byte)'{';

    /// <summary>The value that this text is; the text is not checked.</summary>
    public static RawJson Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>True when the bytes are one valid JSON value.</summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8) => JsonCursor.IsValue(utf8);

    /// <summary>The same value in memory of its own.</summary>
    public RawJson Copy() => new(Utf8.ToArray());

    /// <summary>The text, for messages and logs.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <summary>Equal when the bytes are.</summary>
    public bool Equals(RawJson other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }
}
