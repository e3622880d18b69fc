namespace Sluice.Protocol.Json;

/// <summary>Which kinds of JSON value a member may hold.</summary>
[Flags]
internal enum JsonKinds : byte
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Number = 4,
    String = 8,
    Array = 16,
    Object = 32,
}

internal static class JsonKindsExtensions
{
    private static readonly (JsonKinds Kind, string Words)[] Names =
    [
        (JsonKinds.String, "a string"), (JsonKinds.Array, "an array"), (JsonKinds.Object, "an object"),
        (JsonKinds.Number, "a number"), (JsonKinds.Boolean, "a boolean"), (JsonKinds.Null, "null"),
    ];

    /// <summary>The kind of value that starts with this byte; <see cref="JsonKinds.None"/> when no value does.</summary>
    public static JsonKinds StartingWith(byte first) => first switch
    {
        (byte)'"' => JsonKinds.String,
        (byte)'{' => JsonKinds.Object,
        (byte)'[' => JsonKinds.Array,
        (byte)'t' or (byte)'f' => JsonKinds.Boolean,
        (byte)'n' => JsonKinds.Null,
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => JsonKinds.Number,
        _ => JsonKinds.None,
    };

    /// <summary>For a sentence, such as <c>a string, an array or null</c>.</summary>
    public static string InWords(this JsonKinds kinds)
    {
        var words = Names.Where(name => (kinds & name.Kind) != 0).Select(name => name.Words).ToList();
        return words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
    }
}
