namespace Sluice.Protocol.Canonical;

/// <summary>Keeps a request within the number of cache marks that a model takes; one too many, and the call is refused.</summary>
internal static class CacheMarks
{
    /// <summary>
    /// The request with so many marks at most: those of the longest prefixes, which are the last in the order tools, system,
    /// messages, hold what the others hold.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="most">The most marks, the automatic one included.</param>
    /// <param name="report">Takes what was changed.</param>
    public static ChatRequest Limit(ChatRequest request, int most, TranslationReport report)
    {
        var tooMany = Count(request) - most;
        if (tooMany <= 0)
        {
            return request;
        }

        report.Adjust($"{tooMany} cache marks were left out, since the model takes {most}");
        var removal = new Removal(tooMany);
        var tools = request.Tools.Select(removal.Of).ToList();
        var system = request.Messages.Select(message => IsSystem(message) ? removal.Of(message) : message).ToList();
        return request with { Tools = tools, Messages = [.. system.Select(message => IsSystem(message) ? message : removal.Of(message))] };
    }

    private static bool IsSystem(ChatMessage message) => message.Role is Role.System or Role.Developer;

    private static int Count(ChatRequest request) =>
        (request.Cache.Automatic is null ? 0 : 1)
        + request.Tools.Count(tool => tool is FunctionTool { Cache: not null })
        + request.Messages.Sum(message => Count(message.Content));

    private static int Count(IReadOnlyList<ContentBlock> blocks) =>
        blocks.Sum(block => (block.Cache is null ? 0 : 1) + (block is ToolResultBlock result ? Count(result.Content) : 0));

    /// <summary>Takes marks away, from the first on, until enough are gone.</summary>
    private sealed class Removal(int left)
    {
        private int _left = left;

        public ToolDefinition Of(ToolDefinition tool) =>
            tool is FunctionTool { Cache: not null } function && _left-- > 0 ? function with { Cache = null } : tool;

        public ChatMessage Of(ChatMessage message) =>
            _left > 0 && Count(message.Content) > 0 ? message with { Content = [.. message.Content.Select(Of)] } : message;

        private ContentBlock Of(ContentBlock block)
        {
            // Marks inside a result come before its own.
            var inner = block is ToolResultBlock result && _left > 0 ? result with { Content = [.. result.Content.Select(Of)] } : block;
            return inner.Cache is not null && _left-- > 0 ? inner with { Cache = null } : inner;
        }
    }
}
