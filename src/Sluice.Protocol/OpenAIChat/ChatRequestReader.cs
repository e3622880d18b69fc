using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Reads the members of a request; <see cref="ChatMessageReader"/> and <see cref="ChatToolReader"/> read what is inside.</summary>
internal static class ChatRequestReader
{
    public static ChatRequest Read(ref JsonCursor cursor)
    {
        var request = new ChatRequest { IncludeUsage = false };
        var extensions = new List<Extension>();
        var searches = new List<ToolDefinition>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            request = name switch
            {
                "model" => request with { Model = cursor.ReadString() },
                "messages" => request with { Messages = ChatMessageReader.ReadMessages(ref cursor) },
                "stream" => request with { Stream = cursor.ReadFlagOrNull() ?? false },
                "stream_options" => ReadStreamOptions(ref cursor, request, extensions),
                "tools" => request with { Tools = ChatToolReader.ReadTools(ref cursor) },
                "tool_choice" => request with { ToolChoice = ChatToolReader.ReadChoice(ref cursor) },
                "parallel_tool_calls" => request with { ParallelToolCalls = cursor.ReadFlagOrNull() },
                "response_format" => request with { Format = ChatToolReader.ReadFormat(ref cursor) },
                "max_completion_tokens" => request with { MaxOutputTokens = cursor.ReadWholeOrNull() ?? request.MaxOutputTokens },
                "max_tokens" => cursor.ReadWholeOrNull() is { } most ? request with { MaxOutputTokens = request.MaxOutputTokens ?? most } : request,
                "stop" => request with { Stop = cursor.IsString ? [cursor.ReadString()] : cursor.ReadStrings() },
                "verbosity" => request with { Verbosity = cursor.ReadStringOrNull() },
                "modalities" => request with { Modalities = cursor.ReadStrings() },
                "prompt_cache_key" => request with { Cache = request.Cache with { Key = cursor.ReadStringOrNull() } },
                "metadata" => request with { Metadata = ReadMetadata(ref cursor) },
                "store" => request with { State = request.State with { Store = cursor.ReadFlagOrNull() } },
                "safety_identifier" or "user" => ReadUser(ref cursor, request, extensions, name),
                "service_tier" or "reasoning_effort" => ReadWord(ref cursor, request, extensions, name),
                "web_search_options" => ReadSearch(ref cursor, request, searches),
                _ => ReadSampling(ref cursor, request, name) ?? Keep(ref cursor, request, extensions, name),
            };
        }

        return request with { Extensions = extensions, Tools = [.. request.Tools, .. searches] };
    }

    /// <summary>Keeps a member that the model does not know.</summary>
    private static ChatRequest Keep(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions, string name)
    {
        if (cursor.IsNull)
        {
            return request;
        }

        extensions.Add(new Extension(ChatWords.Owner, name, cursor.ReadRaw()));
        return request;
    }

    private static ChatRequest? ReadSampling(ref JsonCursor cursor, ChatRequest request, string name)
    {
        var sampling = request.Sampling;
        Sampling? read = name switch
        {
            "temperature" => sampling with { Temperature = cursor.ReadNumberOrNull() },
            "top_p" => sampling with { TopP = cursor.ReadNumberOrNull() },
            // Not OpenAI's, but vLLM's, OpenRouter's and others'.
            "top_k" => sampling with { TopK = cursor.ReadWholeOrNull() },
            "presence_penalty" => sampling with { PresencePenalty = cursor.ReadNumberOrNull() },
            "frequency_penalty" => sampling with { FrequencyPenalty = cursor.ReadNumberOrNull() },
            "seed" => sampling with { Seed = cursor.ReadWholeOrNull() },
            "n" => sampling with { Choices = cursor.ReadCountOrNull() },
            "logprobs" => sampling with { Logprobs = cursor.ReadFlagOrNull() },
            "top_logprobs" => sampling with { TopLogprobs = cursor.ReadCountOrNull() },
            "logit_bias" => cursor.IsNull ? sampling : sampling with { LogitBias = cursor.ReadRaw() },
            _ => null,
        };
        return read is null ? null : request with { Sampling = read };
    }

    private static ChatRequest ReadStreamOptions(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions)
    {
        if (cursor.IsNull)
        {
            return request;
        }

        var ahead = cursor;
        var others = false;
        ahead.BeginObject();
        while (ahead.NextMember(out var name))
        {
            if (name == "include_usage")
            {
                request = request with { IncludeUsage = ahead.ReadFlagOrNull() ?? false };
            }
            else
            {
                others = true;
                ahead.Skip();
            }
        }

        if (others)
        {
            extensions.Add(new Extension(ChatWords.Owner, "stream_options", cursor.ReadRaw()));
        }

        cursor = ahead;
        return request;
    }

    /// <summary>The newer name wins; the older one beside it is kept as it is.</summary>
    private static ChatRequest ReadUser(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions, string name)
    {
        if (cursor.IsNull)
        {
            return request;
        }

        var id = cursor.ReadString();
        if (request.UserId is null)
        {
            return request with { UserId = id };
        }

        var older = name == "user" ? cursor.ReadRaw() : WireWriting.ToRaw(request.UserId);
        extensions.Add(new Extension(ChatWords.Owner, "user", older));
        return name == "user" ? request : request with { UserId = id };
    }

    /// <summary>Members whose words have a meaning; others are for OpenAI to judge.</summary>
    private static ChatRequest ReadWord(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions, string name)
    {
        if (cursor.IsNull)
        {
            return request;
        }

        var word = cursor.ReadString();
        if (name == "service_tier" && ChatWords.ToTier(word) is { } tier)
        {
            return request with { ServiceTier = tier };
        }

        if (name == "reasoning_effort" && ReasoningEffortNames.Parse(word) is { } effort)
        {
            return request with { Reasoning = new ReasoningRequest { Effort = effort } };
        }

        return Keep(ref cursor, request, extensions, name);
    }

    private static ChatRequest ReadSearch(ref JsonCursor cursor, ChatRequest request, List<ToolDefinition> searches)
    {
        if (!cursor.IsNull)
        {
            searches.Add(new ServerTool(ServerToolKind.WebSearch, ChatWords.Owner, cursor.ReadRaw()) { Type = "web_search_options" });
        }

        return request;
    }

    private static List<KeyValuePair<string, string>> ReadMetadata(ref JsonCursor cursor)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        if (!cursor.IsNull)
        {
            cursor.BeginObject();
            while (cursor.NextMember(out var name))
            {
                pairs.Add(new KeyValuePair<string, string>(name, cursor.ReadString()));
            }
        }

        return pairs;
    }
}
