using System.Buffers;
using System.Globalization;
using System.Text;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIResponses;
using Sluice.Routing;
using Sluice.StoredResponses;

namespace Sluice.Pipeline;

/// <summary>
/// Serves what is asked of an answer that is kept: Sluice's own from memory or disk; one that its vendor keeps through the account
/// that has it, as the vendor answers. A foreign answer is an unknown one.
/// </summary>
internal sealed class KeptResponseLane(ResponseDirectory directory, BackgroundResponses background)
{
    /// <summary>Longest id that is looked for, in characters.</summary>
    private const int LongestId = 256;

    /// <summary>A provider's answers are asked for without their model; its place in a route must be filled.</summary>
    private const string NoModel = "kept-answers";

    /// <summary>Finds the answer that a call is about.</summary>
    /// <returns>The refusal when there is none for this caller.</returns>
    public async ValueTask<GatewayError?> FindAsync(GatewayCall call, RuntimeSnapshot snapshot, string id)
    {
        var settings = snapshot.Config.Responses;
        var keyId = call.Caller!.KeyId;
        call.KeptId = id;
        if (call.Operation == Operation.RetrieveResponse && call.Http.Request.Query["stream"] == "true")
        {
            call.Streams = true;
            call.Framing = ResponseFraming.Sse;
        }

        if (id.Length is 0 or > LongestId || !IsPlain(id))
        {
            return StoredResponseErrors.NotFound(id);
        }

        if (background.Find(keyId, id) is { } run)
        {
            call.Kept = run.Now;
            call.Model = call.Kept.Model;
            return null;
        }

        var found = settings.Keep > TimeSpan.Zero ? await directory.FindAsync(keyId, id).ConfigureAwait(false) : default;
        if (found.Own is { Vendor: null } own)
        {
            call.Kept = own.IsOpen ? Interrupted(own) : own;
            call.Model = own.Model;
            return null;
        }

        var place = found.Own?.Vendor
            ?? (settings.RelaysUnknown && !found.IsForeign && !found.IsUnreadable ? ResponseContinuation.OnlyPlace(snapshot.Routes.Providers) : null);
        return found.IsUnreadable ? StoredResponseErrors.Unreadable(id)
            : place is not null && Bind(call, snapshot, place) ? null
            : StoredResponseErrors.NotFound(id);
    }

    /// <summary>True for a call that no upstream is asked for.</summary>
    public static bool Answers(GatewayCall call) => call.Kept is not null || (call.Operation == Operation.ResponseInputTokens && call is { Candidates.Length: 0, Route.IsRetired: false });

    /// <summary>Answers a call for which <see cref="Answers"/> is true.</summary>
    public async Task AnswerAsync(GatewayCall call, RuntimeSnapshot snapshot)
    {
        if (call.Kept is not { } kept)
        {
            await EstimateAsync(call).ConfigureAwait(false);
        }
        else if (call.Operation == Operation.RetrieveResponse)
        {
            await RetrieveAsync(call, kept).ConfigureAwait(false);
        }
        else if (call.Operation == Operation.DeleteResponse)
        {
            await DeleteAsync(call, kept).ConfigureAwait(false);
        }
        else if (call.Operation == Operation.CancelResponse)
        {
            await CancelAsync(call, kept).ConfigureAwait(false);
        }
        else
        {
            await ListAsync(call, kept, snapshot).ConfigureAwait(false);
        }
    }

    /// <summary>A vendor has answered: what it keeps no more is no more known here.</summary>
    public async ValueTask NoteAsync(GatewayCall call)
    {
        if (call.Operation == Operation.DeleteResponse && call.HttpStatus is StatusCodes.Status200OK or StatusCodes.Status404NotFound)
        {
            await directory.DeleteAsync(call.Caller!.KeyId, call.KeptId).ConfigureAwait(false);
        }
    }

    /// <summary>Ids of every vendor; anything else could change the path that it is put into.</summary>
    private static bool IsPlain(string id) => !id.AsSpan().ContainsAnyExcept(Plain) && id is not ("." or "..");

    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:=~");

    private static bool Bind(GatewayCall call, RuntimeSnapshot snapshot, VendorPlace place)
    {
        var target = snapshot.Routes.Find($"{place.Provider}/{NoModel}")?.Targets.FirstOrDefault(target => target.Provider.Name == place.Provider);
        if (target is null || !target.Provider.Serves(call.Operation) || !Array.Exists(target.Provider.Slots, slot => slot.Name == place.Credential))
        {
            return false;
        }

        call.Candidates = [target];
        call.Place = place;
        return true;
    }

    private static StoredResponse Interrupted(StoredResponse open) => open with
    {
        Content = open.Content! with
        {
            Response = ResponsesConversation.WithStatus(
                open.Content.Response.Span, "failed", "server_error", "The gateway was stopped while it worked on this response. Create it again."),
        },
    };

    /// <summary>Nobody counts for Sluice what a vendor without such a call would count: the estimate is the one that limits go by.</summary>
    private static Task EstimateAsync(GatewayCall call)
    {
        var tokens = Math.Max(1, call.BodyLength / Settlement.BytesPerToken);
        call.Http.Response.Headers["x-sluice-estimated"] = "true";
        return ClientResponse.WriteAsync(call, StatusCodes.Status200OK, null, Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $$"""{"object":"response.input_tokens","input_tokens":{{tokens}}}""")));
    }

    private async Task RetrieveAsync(GatewayCall call, StoredResponse kept)
    {
        if (!call.Streams)
        {
            await ClientResponse.WriteAsync(call, StatusCodes.Status200OK, null, kept.Content!.Response).ConfigureAwait(false);
            return;
        }

        var replay = new EventReplay(
            long.TryParse(call.Http.Request.Query["starting_after"], NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : -1);
        if (background.Find(kept.KeyId, kept.Id) is { } run)
        {
            if (run.Events is { } live)
            {
                await BackgroundResponses.StreamAsync(call, live, replay).ConfigureAwait(false);
                return;
            }

            // It was asked for without events, so there are none before its end.
            await run.Ended.WaitAsync(call.Http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            kept = (await directory.FindAsync(kept.KeyId, kept.Id).ConfigureAwait(false)).Own ?? kept;
        }

        ClientResponse.BeginStream(call);
        call.Committed = true;
        Replay(call.Http.Response.BodyWriter, kept.Content!, replay);
        await call.Http.Response.BodyWriter.FlushAsync().ConfigureAwait(false);
    }

    private static void Replay(IBufferWriter<byte> output, ResponseContent content, EventReplay replay)
    {
        if (!content.Events.IsEmpty)
        {
            replay.Write(output, content.Events.Span);
        }
        else
        {
            var events = new ArrayBufferWriter<byte>(content.Response.Length * 2);
            ResponsesConversation.WriteEvents(events, content.Response);
            replay.Write(output, events.WrittenSpan);
        }

        if (!replay.HasGiven)
        {
            replay.WriteEnd(output, content.Response);
        }
    }

    private async Task DeleteAsync(GatewayCall call, StoredResponse kept)
    {
        if (background.Find(kept.KeyId, kept.Id) is { } run)
        {
            await run.CancelAsync().ConfigureAwait(false);
        }

        await directory.DeleteAsync(kept.KeyId, kept.Id).ConfigureAwait(false);
        await ClientResponse.WriteAsync(
            call, StatusCodes.Status200OK, null, Encoding.UTF8.GetBytes($$"""{"id":"{{kept.Id}}","object":"response","deleted":true}""")).ConfigureAwait(false);
    }

    private async Task CancelAsync(GatewayCall call, StoredResponse kept)
    {
        if (background.Find(kept.KeyId, kept.Id) is { } run)
        {
            await run.CancelAsync().ConfigureAwait(false);
            kept = (await directory.FindAsync(kept.KeyId, kept.Id).ConfigureAwait(false)).Own ?? kept;
        }
        else if (!ResponsesConversation.MemberOf(kept.Content!.Response, "background"u8).Span.SequenceEqual("true"u8))
        {
            await ClientResponse.RefuseAsync(call, StoredResponseErrors.NotCancellable).ConfigureAwait(false);
            return;
        }

        // One that has ended already stays as it is.
        await ClientResponse.WriteAsync(call, StatusCodes.Status200OK, null, kept.Content!.Response).ConfigureAwait(false);
    }

    private async Task ListAsync(GatewayCall call, StoredResponse kept, RuntimeSnapshot snapshot)
    {
        var (chain, refused) = await ResponseChain.LoadAsync(directory, kept, snapshot.Config.Server.MaxRequestBytes).ConfigureAwait(false);
        var page = chain is null ? null : ItemPage.Write(chain, ItemQuery.Of(call.Http.Request.Query), out refused);
        if (page is null)
        {
            await ClientResponse.RefuseAsync(call, refused!).ConfigureAwait(false);
            return;
        }

        await ClientResponse.WriteAsync(call, StatusCodes.Status200OK, null, page).ConfigureAwait(false);
    }
}
