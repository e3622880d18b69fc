using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>The words of <c>generateContent</c> and what they mean.</summary>
internal static class GeminiWords
{
    /// <summary>Stands as the reason of the end where no answer began because the prompt was refused.</summary>
    public const string PromptFeedback = "promptFeedback";

    /// <summary>The platform of Google's cloud, which takes some members that the Gemini API refuses.</summary>
    public const string Vertex = "vertex";

    public static readonly Owner Owner = new(Dialect.GeminiGenerate);

    /// <summary>Tools that Google runs, by their member; the first of a kind serves it for other dialects where it needs no settings.</summary>
    private static readonly (string Member, ServerToolKind Kind, bool IsPlain)[] ServerTools =
    [
        ("googleSearch", ServerToolKind.WebSearch, true),
        ("googleSearchRetrieval", ServerToolKind.WebSearch, false),
        ("enterpriseWebSearch", ServerToolKind.WebSearch, false),
        ("urlContext", ServerToolKind.WebFetch, true),
        ("codeExecution", ServerToolKind.CodeExecution, true),
        ("fileSearch", ServerToolKind.FileSearch, false),
        ("retrieval", ServerToolKind.FileSearch, false),
        ("computerUse", ServerToolKind.ComputerUse, false),
        ("mcpServers", ServerToolKind.Mcp, false),
    ];

    /// <summary>The kind of a tool, by its member.</summary>
    public static ServerToolKind KindOf(string member)
    {
        foreach (var row in ServerTools)
        {
            if (row.Member == member)
            {
                return row.Kind;
            }
        }

        return ServerToolKind.Other;
    }

    /// <summary>The member of the tool that serves a kind without settings; null when Google has none.</summary>
    public static string? ToolFor(ServerToolKind kind)
    {
        foreach (var row in ServerTools)
        {
            if (row.Kind == kind && row.IsPlain)
            {
                return row.Member;
            }
        }

        return null;
    }

    /// <summary>The kind of a call of Google's own tools, by its <c>toolType</c>.</summary>
    public static ServerToolKind KindOfCall(string toolType) => toolType switch
    {
        "GOOGLE_SEARCH_WEB" or "GOOGLE_SEARCH_IMAGE" => ServerToolKind.WebSearch,
        "URL_CONTEXT" => ServerToolKind.WebFetch,
        "FILE_SEARCH" => ServerToolKind.FileSearch,
        _ => ServerToolKind.Other,
    };

    /// <summary>What a finish reason means. Google ends a turn that calls tools with <c>STOP</c>.</summary>
    /// <param name="word">The vendor's word. Unknown ones end the answer as <c>STOP</c> does.</param>
    /// <param name="hasCalls">True when the answer calls a tool of the client.</param>
    public static Finish ToFinish(string word, bool hasCalls) =>
        new(word switch
        {
            "MAX_TOKENS" => FinishReason.Length,
            "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "LANGUAGE"
                or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" or PromptFeedback => FinishReason.ContentFilter,
            "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" or "NO_IMAGE" or "IMAGE_OTHER" or "OTHER" => FinishReason.Error,
            _ => hasCalls ? FinishReason.ToolCalls : FinishReason.Stop,
        })
        {
            Native = word,
            Owner = Owner,
        };

    /// <summary>The finish reason that the client reads.</summary>
    public static string FromFinish(Finish finish) => finish.NativeFor(Dialect.GeminiGenerate) ?? finish.Reason switch
    {
        FinishReason.Length => "MAX_TOKENS",
        FinishReason.ContentFilter => "SAFETY",
        FinishReason.Error => "OTHER",
        _ => "STOP",
    };

    /// <summary>The tier, or null for a word that is not known.</summary>
    public static ServiceLevel? ToTier(string word) => word switch
    {
        "standard" => ServiceLevel.Standard,
        "flex" => ServiceLevel.Flex,
        "priority" => ServiceLevel.Priority,
        _ => null,
    };

    /// <summary>The word for a tier, or null when Google has none.</summary>
    public static string? FromTier(ServiceLevel tier) => tier switch
    {
        ServiceLevel.Standard => "standard",
        ServiceLevel.Flex => "flex",
        ServiceLevel.Priority => "priority",
        _ => null,
    };

    /// <summary>True when the client speaks this dialect, so that its defaults are already what it wants.</summary>
    public static bool IsOwnClient(WriteContext context) => ReferenceEquals(context.Client, GeminiFields.Names);

    /// <summary>True when the target takes members that only Google's cloud knows, or the client asked for them in this dialect.</summary>
    public static bool TakesCloudMembers(WriteContext context) => context.Target.Platform == Vertex || IsOwnClient(context);
}
