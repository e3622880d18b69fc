using System.Globalization;
using Sluice.Protocol.Canonical;

namespace Sluice.StoredResponses;

/// <summary>The refusals of what is asked of kept answers, in words for the caller. Codes are anchors of docs/errors.md.</summary>
internal static class StoredResponseErrors
{
    /// <summary>In OpenAI's words, which its own clients know.</summary>
    public static GatewayError NotFound(string id) => new(ErrorKind.NotFound, "response_not_found", $"Response with id '{Shown(id)}' not found.") { Param = "id" };

    /// <summary>In OpenAI's words and with its code, which agents look at to send the whole conversation instead.</summary>
    public static GatewayError PreviousNotFound(string id) => new(
        ErrorKind.InvalidRequest, "previous_response_not_found", $"Previous response with id '{Shown(id)}' not found.")
    { Param = "previous_response_id" };

    public static GatewayError PreviousOpen(string id) => new(
        ErrorKind.InvalidRequest, "response_not_complete",
        $"The response '{Shown(id)}' is not complete, so nothing can go on from it. Wait until its status is completed.")
    { Param = "previous_response_id" };

    public static GatewayError KeptElsewhere(string model) => new(
        ErrorKind.InvalidRequest, "response_kept_elsewhere",
        $"The previous response is kept by a vendor's account that does not serve the model '{Shown(model)}' here. Ask for a model of the same vendor, or send the whole conversation.")
    { Param = "previous_response_id" };

    public static GatewayError ConversationNotServed() => new(
        ErrorKind.InvalidRequest, "conversation_not_served",
        "Conversations are the vendor's, and it cannot be told here which of its accounts has this one. Send previous_response_id or the whole conversation instead.")
    { Param = "conversation" };

    public static GatewayError ConversationTooLong(long limit) => new(
        ErrorKind.InvalidRequest, "conversation_too_long",
        string.Create(CultureInfo.InvariantCulture, $"The conversation that previous_response_id stands for is longer than {limit} bytes or 1000 answers. Begin a new one with a summary of it."))
    { Param = "previous_response_id" };

    public static GatewayError Unreadable(string id) => new(
        ErrorKind.Internal, "response_unreadable", $"The response '{Shown(id)}' is kept and cannot be decrypted. The operator must look at the master key.");

    public static readonly GatewayError NotCancellable = new(
        ErrorKind.InvalidRequest, "response_not_cancellable", "Cannot cancel a synchronous response. Only one that was created with background: true can be.");

    public static readonly GatewayError BackgroundNeedsStore = new(
        ErrorKind.InvalidRequest, "background_needs_store", "A background response must be kept until it is asked for: leave store out or set it to true.")
    { Param = "background" };

    public static GatewayError UnknownItem(string param, string id) => new(
        ErrorKind.InvalidRequest, "unknown_item", $"There is no item '{Shown(id)}' in this list.")
    { Param = param };

    /// <summary>A client's text in a message is cut, so that an error stays readable.</summary>
    private static string Shown(string text) => text.Length <= 128 ? text : string.Concat(text.AsSpan(0, 128), "…");
}
