using System.Diagnostics;

namespace Sluice.Configuration;

/// <summary>A text that must not be printed: every way of turning it into a string gives <c>***</c>, save <see cref="Reveal"/>.</summary>
[DebuggerDisplay("***")]
internal readonly struct Secret(string? value) : IEquatable<Secret>
{
    private readonly string? _value = value;

    public bool IsEmpty => string.IsNullOrEmpty(_value);

    /// <summary>The text itself, for the one place that sends or compares it.</summary>
    public string Reveal() => _value ?? "";

    public override string ToString() => "***";

    public bool Equals(Secret other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is Secret other && Equals(other);

    public override int GetHashCode() => _value is null ? 0 : string.GetHashCode(_value, StringComparison.Ordinal);
}
