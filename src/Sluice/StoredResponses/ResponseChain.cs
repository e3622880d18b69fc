using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIResponses;

namespace Sluice.StoredResponses;

/// <summary>What was said up to an answer that is kept here: the items of all answers that it went on from, and its own.</summary>
internal sealed class ResponseChain
{
    /// <summary>The most answers of one conversation.</summary>
    public const int MaxDepth = 1000;

    private readonly List<StoredResponse> _links = [];

    private ResponseChain()
    {
    }

    /// <summary>The answers, the first one first.</summary>
    public IReadOnlyList<StoredResponse> Links => _links;

    /// <summary>Everything that was said, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Items => _links.SelectMany(link => ResponsesConversation.ItemsOf(link.Content!.Input)
        .Concat(ResponsesConversation.ItemsOf(ResponsesConversation.MemberOf(link.Content.Response, "output"u8))));

    /// <summary>Gathers a conversation from its end to its beginning.</summary>
    /// <param name="directory">Where the answers are.</param>
    /// <param name="last">The answer to go on from, kept here.</param>
    /// <param name="maxBytes">The most that it may be, in bytes.</param>
    /// <returns>The refusal when a part is gone, or it is too long.</returns>
    public static async ValueTask<(ResponseChain? Chain, GatewayError? Refused)> LoadAsync(ResponseDirectory directory, StoredResponse last, long maxBytes)
    {
        var chain = new ResponseChain();
        var bytes = 0L;
        for (var link = last; ;)
        {
            bytes += link.Content!.Input.Length + link.Content.Response.Length;
            if (bytes > maxBytes || chain._links.Count == MaxDepth)
            {
                return (null, StoredResponseErrors.ConversationTooLong(maxBytes));
            }

            chain._links.Add(link);
            if (link.PreviousId is not { } previous)
            {
                chain._links.Reverse();
                return (chain, null);
            }

            var found = await directory.FindAsync(link.KeyId, previous).ConfigureAwait(false);
            if (found.Own?.Content is null)
            {
                return (null, found.IsUnreadable ? StoredResponseErrors.Unreadable(previous) : StoredResponseErrors.PreviousNotFound(previous));
            }

            link = found.Own;
        }
    }
}
