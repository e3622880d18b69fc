using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>
/// Tells conversations apart by what all their turns begin with: the system text and the first user message. The texts alone
/// count, not how they are packed: a client that moves its cache marks, or writes a text as a list of one block, goes on with
/// the same conversation.
/// </summary>
public static class ConversationHash
{
    /// <summary>No request is nested deeper than <c>server.max_json_depth</c> can be set.</summary>
    private const int MaxDepth = 1100;

    private const int NoDepth = int.MaxValue;

    /// <summary>The hash of a request's conversation; 0 where the operation has none.</summary>
    /// <param name="body">The body, which <see cref="RequestPeeker"/> has let pass.</param>
    /// <param name="peek">What the peeker found in it.</param>
    public static ulong Of(ReadOnlySpan<byte> body, in RequestPeek peek)
    {
        if (!peek.Conversation.Found)
        {
            return 0;
        }

        var hash = StableHash.Seed;
        if (peek.System.Found)
        {
            hash = AddTexts(hash, peek.System.Of(body));
        }

        hash = AddBeginning(hash, peek.Conversation.Of(body));
        return hash == 0 ? 1 : hash;
    }

    /// <summary>A list of messages up to the first of the user; a single message (Gemini) or a text (Responses) is the first.</summary>
    private static ulong AddBeginning(ulong hash, ReadOnlySpan<byte> conversation)
    {
        if (conversation[0] != (byte)'[')
        {
            return AddTexts(hash, conversation);
        }

        // The peeker has let the document pass, so that nothing here can fail.
        var scanner = new JsonScanner(conversation, stackalloc ulong[JsonScanner.StackWords(MaxDepth)], MaxDepth);
        for (var at = scanner.SkipWhiteSpace(1); conversation[at] != (byte)']';)
        {
            if (conversation[at] == (byte)'{')
            {
                var content = ReadMessage(ref scanner, conversation, ref at, out var speaker);
                if (content.Found && speaker != Speaker.Other)
                {
                    hash = AddTexts(hash, content.Of(conversation));
                    if (speaker == Speaker.User)
                    {
                        break;
                    }
                }
            }
            else
            {
                at = scanner.SkipValue(at, 1);
            }

            at = SkipComma(ref scanner, conversation, at);
        }

        return hash;
    }

    /// <summary>Reads the object at a place, and moves the place behind it.</summary>
    private static JsonSlice ReadMessage(ref JsonScanner scanner, ReadOnlySpan<byte> conversation, ref int at, out Speaker speaker)
    {
        // Gemini's contents may have no role; what the model said always has one.
        speaker = Speaker.User;
        JsonSlice content = default;
        at = scanner.SkipWhiteSpace(at + 1);
        while (conversation[at] != (byte)'}')
        {
            var start = at + 1;
            at = scanner.SkipWhiteSpace(scanner.SkipName(at, out var end));
            var name = conversation[start..end];
            start = at;
            at = scanner.SkipValue(at, 1);
            if (name.SequenceEqual("role"u8) && conversation[start] == (byte)'"')
            {
                speaker = SpeakerOf(conversation[(start + 1)..(at - 1)]);
            }
            else if (name.SequenceEqual("content"u8) || name.SequenceEqual("parts"u8))
            {
                content = new JsonSlice(start, at - start);
            }

            at = SkipComma(ref scanner, conversation, at);
        }

        at++;
        return content;
    }

    private static int SkipComma(ref JsonScanner scanner, ReadOnlySpan<byte> text, int at)
    {
        at = scanner.SkipWhiteSpace(at);
        return text[at] == (byte)',' ? scanner.SkipWhiteSpace(at + 1) : at;
    }

    private static Speaker SpeakerOf(ReadOnlySpan<byte> role)
        => role.SequenceEqual("user"u8) ? Speaker.User
            : role.SequenceEqual("system"u8) || role.SequenceEqual("developer"u8) ? Speaker.System
            : Speaker.Other;

    /// <summary>Adds every text of a value: what is said, what is linked, what is attached.</summary>
    private static ulong AddTexts(ulong hash, ReadOnlySpan<byte> value)
    {
        var depth = 0;

        // The depth of the object whose cache mark is passed over.
        var markDepth = NoDepth;
        var isWord = false;
        for (var at = 0; at < value.Length;)
        {
            switch (value[at++])
            {
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)'}' or (byte)']':
                    depth--;
                    markDepth = depth < markDepth ? NoDepth : markDepth;
                    break;
                case (byte)',' when depth == markDepth:
                    markDepth = NoDepth;
                    break;
                case (byte)'"':
                    var escaped = false;
                    var text = value.Slice(at, JsonText.IndexOfQuote(value[at..], ref escaped));
                    at += text.Length + 1;
                    if (value[at..].TrimStart(" \t\r\n"u8).StartsWith(":"u8))
                    {
                        isWord = text.SequenceEqual("type"u8) || text.SequenceEqual("role"u8);
                        markDepth = markDepth == NoDepth && text.SequenceEqual("cache_control"u8) ? depth : markDepth;
                        break;
                    }

                    // Claude Code begins its system texts with a line of its own that differs from call to call.
                    hash = isWord || markDepth != NoDepth || text.StartsWith("x-anthropic-billing-header"u8) ? hash : StableHash.Add(hash, text);
                    isWord = false;
                    break;
            }
        }

        return hash;
    }

    private enum Speaker
    {
        User,
        System,
        Other,
    }
}
