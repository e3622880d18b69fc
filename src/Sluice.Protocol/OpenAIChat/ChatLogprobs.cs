using System.Text;
using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>The <c>logprobs</c> object of a choice: the tokens of the content. Those of a refusal are passed over.</summary>
internal static class ChatLogprobs
{
    public static List<TokenLogprob> Read(ref JsonCursor cursor)
    {
        List<TokenLogprob> tokens = [];
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "content" && cursor.IsArray)
            {
                tokens = ReadTokens(ref cursor);
            }
            else
            {
                cursor.Skip();
            }
        }

        return tokens;
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<TokenLogprob> tokens)
    {
        if (tokens.Count == 0)
        {
            json.WriteNull("logprobs");
            return;
        }

        json.WriteStartObject("logprobs");
        WriteTokens(json, "content", tokens, withTop: true);
        json.WriteNull("refusal");
        json.WriteEndObject();
    }

    /// <summary>Reads an array of tokens, which both OpenAI dialects write alike.</summary>
    public static List<TokenLogprob> ReadTokens(ref JsonCursor cursor)
    {
        var tokens = new List<TokenLogprob>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            tokens.Add(ReadToken(ref cursor));
        }

        return tokens;
    }

    private static TokenLogprob ReadToken(ref JsonCursor cursor)
    {
        var token = new TokenLogprob("", 0);
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (name)
            {
                case "token":
                    token = token with { Token = cursor.ReadString() };
                    break;
                case "logprob":
                    token = token with { Logprob = cursor.ReadNumberOrNull() ?? 0 };
                    break;
                case "bytes" when cursor.IsArray:
                    token = token with { Bytes = cursor.ReadRaw() };
                    break;
                case "top_logprobs" when cursor.IsArray:
                    token = token with { Top = ReadTokens(ref cursor) };
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return token;
    }

    /// <summary>Writes a member that is an array of tokens.</summary>
    public static void WriteTokens(Utf8JsonWriter json, string name, IReadOnlyList<TokenLogprob> tokens, bool withTop)
    {
        json.WriteStartArray(name);
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            json.WriteString("token", token.Token);
            json.WriteNumber("logprob", token.Logprob);
            WriteBytes(json, token);
            if (withTop)
            {
                WriteTokens(json, "top_logprobs", token.Top, withTop: false);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBytes(Utf8JsonWriter json, TokenLogprob token)
    {
        if (!token.Bytes.IsEmpty)
        {
            json.WriteRaw("bytes", token.Bytes);
            return;
        }

        json.WriteStartArray("bytes");
        foreach (var value in Encoding.UTF8.GetBytes(token.Token))
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
