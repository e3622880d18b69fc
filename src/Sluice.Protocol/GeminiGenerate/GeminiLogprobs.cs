using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>The <c>logprobsResult</c> of a candidate: the chosen tokens, and beside them the likeliest at each place.</summary>
internal static class GeminiLogprobs
{
    public const string Member = "logprobsResult";

    public static IReadOnlyList<TokenLogprob> Read(ref JsonCursor cursor)
    {
        List<TokenLogprob> chosen = [];
        var top = new List<List<TokenLogprob>>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "chosenCandidates" when cursor.IsArray:
                    chosen = ReadTokens(ref cursor);
                    break;
                case "topCandidates" when cursor.IsArray:
                    GeminiLists.Read(ref cursor, (ref JsonCursor item) => top.Add(ReadTop(ref item)));
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return [.. chosen.Select((token, place) => place < top.Count ? token with { Top = top[place] } : token)];
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<TokenLogprob> tokens)
    {
        json.WriteStartObject(Member);
        if (tokens.Any(token => token.Top.Count > 0))
        {
            json.WriteStartArray("topCandidates");
            foreach (var token in tokens)
            {
                json.WriteStartObject();
                WriteTokens(json, "candidates", token.Top);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteTokens(json, "chosenCandidates", tokens);
        json.WriteEndObject();
    }

    private static List<TokenLogprob> ReadTop(ref JsonCursor cursor)
    {
        List<TokenLogprob> tokens = [];
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "candidates" && cursor.IsArray)
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

    private static List<TokenLogprob> ReadTokens(ref JsonCursor cursor)
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
            switch (GeminiNames.Camel(name))
            {
                case "token":
                    token = token with { Token = cursor.ReadStringOrNull() ?? "" };
                    break;
                case "logProbability":
                    token = token with { Logprob = cursor.ReadNumberOrNull() ?? 0 };
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        return token;
    }

    private static void WriteTokens(Utf8JsonWriter json, string name, IReadOnlyList<TokenLogprob> tokens)
    {
        json.WriteStartArray(name);
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            json.WriteString("token", token.Token);
            json.WriteNumber("logProbability", token.Logprob);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
