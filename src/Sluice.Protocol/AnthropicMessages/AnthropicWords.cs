using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>The words of the Messages API and what they mean.</summary>
internal static class AnthropicWords
{
    public static readonly Owner Owner = new(Dialect.AnthropicMessages);

    private const string OneHour = "1h";
    private const string FiveMinutes = "5m";

    /// <summary>Tools that Anthropic runs, by how their type begins, and what to ask for when another dialect wants one.</summary>
    private static readonly (string Prefix, ServerToolKind Kind, string Type, string Name)[] ServerTools =
    [
        ("web_search", ServerToolKind.WebSearch, "web_search_20250305", "web_search"),
        ("web_fetch", ServerToolKind.WebFetch, "web_fetch_20250910", "web_fetch"),
        ("code_execution", ServerToolKind.CodeExecution, "code_execution_20250825", "code_execution"),
        ("bash_code_execution", ServerToolKind.CodeExecution, "", ""),
        ("text_editor_code_execution", ServerToolKind.CodeExecution, "", ""),
        ("computer", ServerToolKind.ComputerUse, "", ""),
        ("browser", ServerToolKind.ComputerUse, "", ""),
        ("mcp", ServerToolKind.Mcp, "", ""),
    ];

    /// <summary>The kind of a tool, of its call or of its result, by its type or name.</summary>
    public static ServerToolKind KindOf(string word)
    {
        foreach (var row in ServerTools)
        {
            if (word.StartsWith(row.Prefix, StringComparison.Ordinal))
            {
                return row.Kind;
            }
        }

        return ServerToolKind.Other;
    }

    /// <summary>The type and name of the tool that serves a kind; null when Anthropic has none.</summary>
    public static (string Type, string Name)? ToolFor(ServerToolKind kind)
    {
        foreach (var row in ServerTools)
        {
            if (row.Kind == kind && row.Type.Length > 0)
            {
                return (row.Type, row.Name);
            }
        }

        return null;
    }

    /// <summary>What a stop reason means. Unknown words end the answer as <c>end_turn</c> does.</summary>
    public static Finish ToFinish(string word) =>
        new(word switch
        {
            "max_tokens" or "model_context_window_exceeded" => FinishReason.Length,
            "tool_use" => FinishReason.ToolCalls,
            "refusal" => FinishReason.ContentFilter,
            _ => FinishReason.Stop,
        })
        {
            Native = word,
            Owner = Owner,
        };

    /// <summary>The stop reason that the client reads.</summary>
    public static string FromFinish(Finish finish) => finish.NativeFor(Dialect.AnthropicMessages) ?? finish.Reason switch
    {
        FinishReason.Length => "max_tokens",
        FinishReason.ToolCalls => "tool_use",
        // An answer that failed is nearer to one that was held back than to one that is whole.
        FinishReason.ContentFilter or FinishReason.Error => "refusal",
        _ => finish.StopText is null ? "end_turn" : "stop_sequence",
    };

    /// <summary>Reads <c>cache_control</c>; null for <c>null</c>.</summary>
    public static CacheMark? ReadMark(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
        {
            return null;
        }

        var life = CacheLife.Default;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            if (name == "ttl" && cursor.IsString)
            {
                life = cursor.ReadString() == OneHour ? CacheLife.OneHour : CacheLife.FiveMinutes;
            }
            else
            {
                cursor.Skip();
            }
        }

        return new CacheMark(life);
    }

    /// <summary>The word for a cache's life; null for the default.</summary>
    public static string? FromLife(CacheLife life) => life switch
    {
        CacheLife.FiveMinutes => FiveMinutes,
        CacheLife.OneHour or CacheLife.OneDay => OneHour,
        _ => null,
    };

    /// <summary>Keeps a member that the model does not know.</summary>
    public static void Keep(ref JsonCursor cursor, List<Extension> extensions, string name)
    {
        if (!cursor.IsNull)
        {
            extensions.Add(new Extension(Owner, name, cursor.ReadRaw()));
        }
    }
}
