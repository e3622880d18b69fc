using System.Globalization;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>One <c>GenerateContentResponse</c>: a whole answer, or a chunk of a streamed one, which has the same shape.</summary>
internal sealed class GeminiAnswer
{
    /// <summary>The vendor's id; empty when it gave none.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The model that answers; empty when the vendor does not say.</summary>
    public string Model { get; private set; } = "";

    /// <summary>When, in seconds since 1970; null when the vendor does not say.</summary>
    public long? Created { get; private set; }

    /// <summary>What the call used by now; null when the vendor does not say.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>The vendor's own usage object; null when there is none.</summary>
    public Extension? RawUsage { get; private set; }

    /// <summary>The candidates, in their order.</summary>
    public List<GeminiCandidate> Candidates { get; } = [];

    /// <summary>Members that the model does not know.</summary>
    public List<Extension> Extensions { get; } = [];

    /// <summary>Reads an answer. An error object in its place is a <see cref="ReportedFailureException"/>.</summary>
    public static GeminiAnswer Read(ref JsonCursor cursor, Owner owner)
    {
        var answer = new GeminiAnswer();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            answer.ReadMember(ref cursor, name, owner);
        }

        return answer;
    }

    private void ReadMember(ref JsonCursor cursor, string name, Owner owner)
    {
        switch (GeminiNames.Camel(name))
        {
            case "error" when !cursor.IsNull:
                throw new ReportedFailureException(StatusOf(cursor));
            case "responseId" when cursor.IsString:
                Id = cursor.ReadString();
                break;
            case "modelVersion" when cursor.IsString:
                Model = cursor.ReadString();
                break;
            case "usageMetadata" when cursor.IsObject:
                ReadUsage(cursor.ReadRaw());
                break;
            case "candidates":
                GeminiLists.Read(ref cursor, (ref JsonCursor item) => Candidates.Add(GeminiCandidate.Read(ref item, Candidates.Count, owner)));
                break;
            case GeminiWords.PromptFeedback when cursor.IsObject:
                ReadFeedback(cursor);
                GeminiNames.Keep(ref cursor, Extensions, GeminiWords.PromptFeedback);
                break;
            case "createTime" when cursor.IsString:
                Created = SecondsOf(cursor.ReadString());
                GeminiNames.Keep(ref cursor, Extensions, name);
                break;
            case "error" or "responseId" or "modelVersion" or "usageMetadata" or GeminiWords.PromptFeedback:
                cursor.Skip();
                break;
            default:
                GeminiNames.Keep(ref cursor, Extensions, name);
                break;
        }
    }

    private void ReadUsage(RawJson raw)
    {
        RawUsage = new Extension(GeminiWords.Owner, GeminiUsage.Kept, raw);
        Usage = UsageReader.TryRead(raw.Span, out var usage) ? usage : null;
    }

    private void ReadFeedback(JsonCursor cursor)
    {
        string? reason = null;
        string? message = null;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "blockReason" when cursor.IsString:
                    reason = cursor.ReadString();
                    break;
                case "blockReasonMessage" when cursor.IsString:
                    message = cursor.ReadString();
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        if (!string.IsNullOrEmpty(reason))
        {
            Candidates.Add(GeminiCandidate.Blocked(message ?? $"The prompt was blocked ({reason})."));
        }
    }

    private static string StatusOf(JsonCursor cursor)
    {
        if (!cursor.IsObject)
        {
            return "";
        }

        var code = cursor;
        return cursor.Find("status"u8) && cursor.IsString ? cursor.ReadString()
            : code.Find("code"u8) && !code.IsNull ? code.ReadRaw().ToString() : "";
    }

    private static long? SecondsOf(string time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeSeconds() : null;
}
