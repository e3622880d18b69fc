using System.Buffers;
using Sluice.Configuration;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIResponses;
using Sluice.Routing;
using Sluice.StoredResponses;

namespace Sluice.Pipeline;

/// <summary>
/// Lets a call of the Responses API go on from an earlier answer, and has its own answer kept. An answer that its vendor keeps binds
/// the call to the account that has it; for one that Sluice keeps, everything that was said takes the place of its id in the body, and
/// limits and budgets count it.
/// </summary>
internal sealed class ResponseContinuation(ResponseDirectory directory, TimeProvider time)
{
    /// <summary>Prepares a call; its route is known. Nothing is awaited where the call begins a conversation.</summary>
    public ValueTask<GatewayError?> ResumeAsync(GatewayCall call, RuntimeSnapshot snapshot)
    {
        if (call.Operation.Dialect != Dialect.OpenAIResponses)
        {
            return default;
        }

        if (call.Background is { } run)
        {
            run.Prepare(call);
            return default;
        }

        var peek = call.Peek;
        if (!peek.PreviousResponse.Found && !peek.ConversationId.Found)
        {
            KeepAnswer(call, snapshot, default);
            return default;
        }

        return ContinueAsync(call, snapshot);
    }

    /// <summary>The one credential of some providers that keep answers; null when there is none, or more than one.</summary>
    public static VendorPlace? OnlyPlace(IEnumerable<ProviderRuntime> providers)
    {
        VendorPlace? only = null;
        foreach (var provider in providers.Where(Keeps).Distinct())
        {
            foreach (var slot in provider.Slots.Where(slot => !slot.Config.Disabled))
            {
                if (only is not null)
                {
                    return null;
                }

                only = new VendorPlace(provider.Name, slot.Name);
            }
        }

        return only;
    }

    /// <summary>True for a provider whose vendor keeps the answers of the Responses API.</summary>
    public static bool Keeps(ProviderRuntime provider) => provider.Serves(Operation.RetrieveResponse);

    private void KeepAnswer(GatewayCall call, RuntimeSnapshot snapshot, ReadOnlyMemory<byte> ownInput)
    {
        var settings = snapshot.Config.Responses;
        if (call.Operation.Generates && !call.Peek.StoresNothing && settings.Keep > TimeSpan.Zero)
        {
            call.Keeping = new AnswerKeeping(directory, call.Caller!.KeyId, call.Model, time.GetUtcNow(), settings.MaxBytes)
            {
                PreviousId = call.ContinuesFrom,
                OwnInput = ownInput,
            };
        }
    }

    private async ValueTask<GatewayError?> ContinueAsync(GatewayCall call, RuntimeSnapshot snapshot)
    {
        var refused = call.Peek.ConversationId.Found ? Converse(call) : null;
        var ownInput = ReadOnlyMemory<byte>.Empty;
        if (refused is null && call.Peek.PreviousResponse.Found)
        {
            var id = ResponsesConversation.Unquoted(call.Peek.PreviousResponse.Of(call.Body)) ?? "";
            var settings = snapshot.Config.Responses;
            var found = settings.Keep > TimeSpan.Zero ? await directory.FindAsync(call.Caller!.KeyId, id).ConfigureAwait(false) : default;
            (refused, ownInput) = found switch
            {
                { Own: { Vendor: { } place } } => (Bind(call, place), ownInput),
                { Own: { } own } => await ExpandAsync(call, own, snapshot.Config.Server).ConfigureAwait(false),
                { IsUnreadable: true } => (StoredResponseErrors.Unreadable(id), ownInput),
                { IsForeign: false } when settings.RelaysUnknown && OnlyPlace(call.Candidates.Select(target => target.Provider)) is { } only => (Bind(call, only), ownInput),
                _ => (StoredResponseErrors.PreviousNotFound(id), ownInput),
            };
        }

        if (refused is null)
        {
            KeepAnswer(call, snapshot, ownInput);
        }

        return refused;
    }

    /// <summary>A conversation is an account's too, and Sluice does not know whose: it is served where there is one account alone.</summary>
    private static GatewayError? Converse(GatewayCall call)
    {
        var providers = call.Candidates.Select(target => target.Provider).ToList();
        return OnlyPlace(providers) is { } only ? Bind(call, only)
            : providers.Exists(Keeps) ? StoredResponseErrors.ConversationNotServed()
            : null;
    }

    /// <summary>Only the account that keeps the earlier answer can go on from it.</summary>
    private static GatewayError? Bind(GatewayCall call, VendorPlace place)
    {
        var there = Array.FindAll(call.Candidates, target => target.Provider.Name == place.Provider && target.Provider.Serves(call.Operation)
            && Array.Exists(target.Provider.Slots, slot => slot.Name == place.Credential));
        if (there.Length == 0)
        {
            return StoredResponseErrors.KeptElsewhere(call.Model);
        }

        call.Candidates = there;
        call.Place = place;
        return null;
    }

    private async ValueTask<(GatewayError? Refused, ReadOnlyMemory<byte> OwnInput)> ExpandAsync(GatewayCall call, StoredResponse last, ServerConfig server)
    {
        if (last.IsOpen || ResponsesConversation.TextOf(last.Content!.Response.Span, "status"u8) is not (null or "completed" or "incomplete"))
        {
            return (StoredResponseErrors.PreviousOpen(last.Id), default);
        }

        var (chain, refused) = await ResponseChain.LoadAsync(directory, last, server.MaxRequestBytes).ConfigureAwait(false);
        if (chain is null)
        {
            return (refused, default);
        }

        var own = ResponsesConversation.ItemsOf(call.BodyBuffer.AsMemory(GatewayCall.Headroom + call.Peek.Conversation.Offset, call.Peek.Conversation.Length));
        var ownInput = ResponsesConversation.ArrayOf(own);
        var body = ResponsesConversation.WithInput(call.Body, chain.Items.Concat(own));
        if (body.Length > server.MaxRequestBytes)
        {
            return (StoredResponseErrors.ConversationTooLong(server.MaxRequestBytes), default);
        }

        Replace(call, body);
        call.ContinuesFrom = last.Id;
        return (RequestPeeker.Peek(call.Body, call.Operation, JsonDepth, out var peek) is { } malformed ? malformed : Take(call, peek), ownInput);
    }

    /// <summary>What was let in once is let in again, inside one more array.</summary>
    private const int JsonDepth = 1024;

    private static GatewayError? Take(GatewayCall call, RequestPeek peek)
    {
        call.Peek = peek;
        return null;
    }

    private static void Replace(GatewayCall call, byte[] body)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(GatewayCall.Headroom + body.Length);
        body.CopyTo(buffer, GatewayCall.Headroom);
        call.ReturnBody();
        call.BodyBuffer = buffer;
        call.BodyLength = body.Length;
    }
}
