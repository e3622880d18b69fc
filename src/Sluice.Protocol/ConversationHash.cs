using System.Text.Json;

namespace Sluice.Protocol;

/// <summary>
/// Tells conversations apart by what all their turns begin with: the system text and the first user message. The texts alone
/// count, not how they are packed: a client that moves its cache marks, or writes a text as a list of one block, goes on with
/// the same conversation.
/// </summary>
public static class ConversationHash
{
    /// <summary>No request of a dialect is nested deeper than <c>server.max_json_depth</c> can be set.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1100 };

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

        var reader = new Utf8JsonReader(conversation, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var content = ReadMessage(ref reader, conversation, out var speaker);
            if (content.IsEmpty || speaker == Speaker.Other)
            {
                continue;
            }

            hash = AddTexts(hash, content);
            if (speaker == Speaker.User)
            {
                break;
            }
        }

        return hash;
    }

    private static ReadOnlySpan<byte> ReadMessage(ref Utf8JsonReader reader, ReadOnlySpan<byte> conversation, out Speaker speaker)
    {
        // Gemini's contents may have no role; what the model said always has one.
        speaker = Speaker.User;
        ReadOnlySpan<byte> content = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            var isContent = !isRole && (reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("parts"u8));
            reader.Read();
            if (isRole && reader.TokenType == JsonTokenType.String)
            {
                speaker = reader.ValueTextEquals("user"u8) ? Speaker.User
                    : reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("developer"u8) ? Speaker.System
                    : Speaker.Other;
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isContent)
            {
                content = conversation[start..(int)reader.BytesConsumed];
            }
        }

        return content;
    }

    /// <summary>Adds every text of a value: what is said, what is linked, what is attached.</summary>
    private static ulong AddTexts(ulong hash, ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, Options);
        var names = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var marks = reader.ValueTextEquals("cache_control"u8);
                names = reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("role"u8);
                if (marks)
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                // Claude Code begins its system texts with a line of its own that differs from call to call.
                if (!names && !reader.ValueSpan.StartsWith("x-anthropic-billing-header"u8))
                {
                    hash = StableHash.Add(hash, reader.ValueSpan);
                }

                names = false;
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
