using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Asks a Chat Completions stream for its usage: <c>stream_options.include_usage</c> becomes true by one change.</summary>
public static class IncludeUsageEdit
{
    /// <summary>Adds the change.</summary>
    /// <param name="edit">Takes the change.</param>
    /// <param name="body">The body that was peeked at.</param>
    /// <param name="peek">Where the members stand.</param>
    /// <returns>False when the client asks for usage itself, so that nothing is to change.</returns>
    public static bool Apply(ref JsonEdit edit, ReadOnlySpan<byte> body, in RequestPeek peek)
    {
        if (peek.IncludeUsage)
        {
            return false;
        }

        var options = peek.StreamOptions;
        if (peek.IncludeUsageValue.Found)
        {
            edit.Replace(peek.IncludeUsageValue, "true"u8);
        }
        else if (!options.Found)
        {
            edit.InsertMemberFirst(peek.ObjectStart, peek.IsEmptyObject, "\"stream_options\":{\"include_usage\":true}"u8);
        }
        else if (body[options.Offset] == (byte)'n')
        {
            edit.Replace(options, "{\"include_usage\":true}"u8);
        }
        else
        {
            var isEmpty = options.Of(body)[1..].TrimStart(" \t\r\n"u8)[0] == (byte)'}';
            edit.InsertMemberFirst(options.Offset, isEmpty, "\"include_usage\":true"u8);
        }

        return true;
    }
}
