using System.Buffers;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Fuzz;

/// <summary>
/// What inputs are made of: the vendors' golden answers (test/Sluice.Protocol.Tests/Golden), a request of each dialect with
/// everything in it, and each of them written in the three other dialects.
/// </summary>
internal static class Seeds
{
    private static readonly (string Name, Dialect Dialect)[] Dialects =
    [
        ("chat", Dialect.OpenAIChat), ("responses", Dialect.OpenAIResponses), ("messages", Dialect.AnthropicMessages), ("gemini", Dialect.GeminiGenerate),
    ];

    private static readonly string[] NoAnswers = ["-request", "-array", "-embedding"];

    private static readonly string[] Files = typeof(Seeds).Assembly.GetManifestResourceNames();

    /// <summary>Requests of a dialect.</summary>
    public static IReadOnlyList<byte[]> Requests(Dialect dialect) =>
        [.. Dialects.SelectMany(from => Of($"request-{from.Name}", ".json").Concat(Of($"{from.Name}-request", ".json"))
            .Select(file => from.Dialect == dialect ? Load(file) : Request(from.Dialect, dialect, Load(file))))];

    /// <summary>Whole answers in a dialect.</summary>
    public static IReadOnlyList<byte[]> Answers(Dialect dialect) =>
    [
        .. Dialects.SelectMany(from => Of(from.Name, ".json").Where(file => !NoAnswers.Any(mark => file.Contains(mark, StringComparison.Ordinal)))
            .Select(file => from.Dialect == dialect ? Load(file) : Answer(from.Dialect, dialect, Load(file))).OfType<byte[]>()),
    ];

    /// <summary>Streamed answers in a dialect.</summary>
    public static IReadOnlyList<byte[]> Streams(Dialect dialect, ResponseFraming framing) =>
    [
        .. Of("gemini-array", ".json").Where(_ => framing == ResponseFraming.JsonArray).Select(Load),
        .. Dialects.SelectMany(from => Of(from.Name, ".sse")
            .Select(file => from.Dialect == dialect && framing == ResponseFraming.Sse ? Load(file) : Stream(from.Dialect, dialect, framing, Load(file)))),
    ];

    private static IEnumerable<string> Of(string name, string ending) =>
        Files.Where(file => file.StartsWith(name, StringComparison.Ordinal) && file.EndsWith(ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static byte[] Load(string file)
    {
        using var stream = typeof(Seeds).Assembly.GetManifestResourceStream(file)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Request(Dialect from, Dialect to, byte[] document)
    {
        var output = new ArrayBufferWriter<byte>();
        if (!DialectCodec.For(from).Reader.TryReadRequest(document, out var request, out var error))
        {
            throw new InvalidDataException(error.Message);
        }

        DialectCodec.For(to).Writer.WriteRequest(output, request, Written.To(to, from));
        return output.WrittenSpan.ToArray();
    }

    private static byte[]? Answer(Dialect from, Dialect to, byte[] document)
    {
        var output = new ArrayBufferWriter<byte>();
        if (!DialectCodec.For(from).Reader.TryReadResponse(document, new Owner(from), out var response, out _))
        {
            // One of the golden errors.
            return null;
        }

        DialectCodec.For(to).Writer.WriteResponse(output, response, Written.To(to, from));
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Stream(Dialect from, Dialect to, ResponseFraming framing, byte[] stream)
    {
        var told = new List<StreamEvent>();
        using var reader = DialectCodec.For(from).CreateStreamReader(new Owner(from));
        reader.Read(stream, told);
        reader.Complete(told);
        return Written.Stream(DialectCodec.For(to), Written.Legal(told), Written.To(to, from) with { Framing = framing }).WrittenSpan.ToArray();
    }
}
