using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>The words of the Responses API and what they mean.</summary>
internal static class ResponsesWords
{
    public const string Completed = "completed";
    public const string Incomplete = "incomplete";
    public const string Failed = "failed";
    public const string ContentFilter = "content_filter";

    /// <summary>Begins the names of unmodelled members of a message item, which rest on its first part.</summary>
    public const string MessageMark = "message.";

    /// <summary>Begins the names of unmodelled members that stand inside <c>text</c>.</summary>
    public const string TextMark = "text.";

    /// <summary>Begins the names of unmodelled members that stand inside <c>reasoning</c>.</summary>
    public const string ReasoningMark = "reasoning.";

    public static readonly Owner Owner = new(Dialect.OpenAIResponses);

    /// <summary>Tools that OpenAI runs, by how their type begins.</summary>
    private static readonly (string Prefix, ServerToolKind Kind)[] ServerTools =
    [
        ("web_search", ServerToolKind.WebSearch),
        ("file_search", ServerToolKind.FileSearch),
        ("code_interpreter", ServerToolKind.CodeExecution),
        ("image_generation", ServerToolKind.ImageGeneration),
        ("mcp", ServerToolKind.Mcp),
        ("computer", ServerToolKind.ComputerUse),
    ];

    /// <summary>The kind of a tool or of its call, by its type.</summary>
    public static ServerToolKind KindOf(string type)
    {
        foreach (var (prefix, kind) in ServerTools)
        {
            if (type.StartsWith(prefix, StringComparison.Ordinal))
            {
                return kind;
            }
        }

        return ServerToolKind.Other;
    }

    /// <summary>What the end of an answer means. Its own word is the reason where it is incomplete, else the status.</summary>
    public static Finish ToFinish(string status, string reason)
    {
        return new Finish(status switch
        {
            Incomplete => reason == ContentFilter ? FinishReason.ContentFilter : FinishReason.Length,
            Failed or "cancelled" => FinishReason.Error,
            _ => FinishReason.Stop,
        })
        {
            Native = status == Incomplete && reason.Length > 0 ? reason : status,
            Owner = Owner,
        };
    }

    /// <summary>The status of an answer, and the reason when it is incomplete.</summary>
    public static (string Status, string? Reason) FromFinish(Finish finish) => finish.NativeFor(Dialect.OpenAIResponses) switch
    {
        null => finish.Reason switch
        {
            FinishReason.Length => (Incomplete, "max_output_tokens"),
            FinishReason.ContentFilter => (Incomplete, ContentFilter),
            FinishReason.Error => (Failed, null),
            _ => (Completed, null),
        },
        Completed or Failed or Incomplete or "cancelled" or "queued" or "in_progress" => (finish.Native, null),
        _ => (Incomplete, finish.Native),
    };

    /// <summary>What the client wants to see of the thoughts; null for a word that is not known.</summary>
    public static ReasoningDisplay? ToDisplay(string word) => word switch
    {
        "auto" => ReasoningDisplay.Auto,
        "concise" => ReasoningDisplay.Concise,
        "detailed" => ReasoningDisplay.Detailed,
        _ => null,
    };

    /// <summary>The word for what to show; null for nothing.</summary>
    public static string? FromDisplay(ReasoningDisplay display) => display switch
    {
        ReasoningDisplay.Auto => "auto",
        ReasoningDisplay.Concise => "concise",
        ReasoningDisplay.Detailed => "detailed",
        _ => null,
    };

    public static string Of(Role role, ModelRules rules) => role switch
    {
        Role.System => "system",
        Role.Developer => rules.DeveloperRole ? "developer" : "system",
        Role.Assistant => "assistant",
        _ => "user",
    };

    /// <summary>Keeps a member that the model does not know.</summary>
    public static void Keep(ref JsonCursor cursor, List<Extension> extensions, string name)
    {
        if (!cursor.IsNull)
        {
            extensions.Add(new Extension(Owner, name, cursor.ReadRaw()));
        }
    }

    /// <summary>Keeps the status of an item unless it says what every item's status says.</summary>
    public static void KeepStatus(ref JsonCursor cursor, List<Extension> extensions, string name)
    {
        if (!cursor.IsString || cursor.ReadString() != Completed)
        {
            Keep(ref cursor, extensions, name);
        }
    }

    /// <summary>The members of a part or a request that stand inside nothing else.</summary>
    public static IEnumerable<Extension> WithMark(IReadOnlyList<Extension> extensions, string mark) =>
        extensions.Where(extension => extension.Name.StartsWith(mark, StringComparison.Ordinal))
            .Select(extension => extension with { Name = extension.Name[mark.Length..] });
}
