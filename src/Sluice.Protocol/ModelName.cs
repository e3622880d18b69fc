using System.Text.Unicode;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>The model name of a request, as text.</summary>
public static class ModelName
{
    private const int LongestEscaped = 1024;

    /// <summary>Unescapes the model token without allocating; where there is none, the name is the implied one.</summary>
    /// <param name="body">The body that was peeked at.</param>
    /// <param name="peek">Where the token stands.</param>
    /// <param name="destination">Takes the name.</param>
    /// <param name="written">How many characters it has.</param>
    /// <returns>False when there is neither, or the name does not fit: then it names no model.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> body, in RequestPeek peek, Span<char> destination, out int written)
    {
        written = 0;
        if (!peek.Model.Found)
        {
            written = peek.ImpliedModel is { Length: > 0 } implied && implied.TryCopyTo(destination) ? implied.Length : 0;
            return written > 0;
        }

        var contents = JsonText.Contents(peek.Model.Of(body));
        if (!peek.ModelEscaped)
        {
            return Utf8.ToUtf16(contents, destination, out _, out written, replaceInvalidSequences: true) == System.Buffers.OperationStatus.Done;
        }

        if (contents.Length > LongestEscaped)
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[LongestEscaped];
        plain = plain[..JsonText.Unescape(contents, plain)];
        return Utf8.ToUtf16(plain, destination, out _, out written, replaceInvalidSequences: true) == System.Buffers.OperationStatus.Done;
    }
}
