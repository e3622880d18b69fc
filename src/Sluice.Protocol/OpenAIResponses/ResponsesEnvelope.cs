using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes the <c>response</c> object around the items: the whole of an answer, and the beginning and the end of a stream.</summary>
internal sealed class ResponsesEnvelope(WriteContext context, MessageStart start)
{
    /// <summary>The answer's id as the client sees it.</summary>
    public string Id { get; } = ResponsesIds.Of(start.Id, context);

    /// <summary>Writes an answer that is still coming.</summary>
    public void WriteBeginning(Utf8JsonWriter json) =>
        Write(json, "in_progress", null, null, [], null, static _ => { });

    /// <summary>Writes an answer that waits for its turn.</summary>
    public void WriteQueued(Utf8JsonWriter json) =>
        Write(json, "queued", null, null, [], null, static _ => { });

    /// <summary>Writes an answer that has ended.</summary>
    /// <param name="json">Where it goes.</param>
    /// <param name="finish">Why it ended.</param>
    /// <param name="usage">What it used; null when not known.</param>
    /// <param name="usageExtensions">Usage that no bucket holds.</param>
    /// <param name="writeItems">Writes the items.</param>
    public void WriteEnd(Utf8JsonWriter json, Finish finish, TokenUsage? usage, IReadOnlyList<Extension> usageExtensions, Action<Utf8JsonWriter> writeItems)
    {
        var (status, reason) = ResponsesWords.FromFinish(finish);
        Write(json, status, reason, status == ResponsesWords.Failed ? finish : null, usageExtensions, usage, writeItems);
    }

    private void Write(
        Utf8JsonWriter json, string status, string? reason, Finish? failure, IReadOnlyList<Extension> usageExtensions, TokenUsage? usage, Action<Utf8JsonWriter> writeItems)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", "response");
        json.WriteNumber("created_at", start.Created ?? context.Created);
        json.WriteString("status", status);
        WriteFailure(json, failure);
        WriteReason(json, reason);
        json.WriteString("model", context.Model ?? start.Model);
        json.WriteStartArray("output");
        writeItems(json);
        json.WriteEndArray();
        var own = start.Extensions.Where(extension => extension.Owner.Dialect == Dialect.OpenAIResponses && !ResponsesUsage.IsUsage(extension)).ToList();
        if (own.Count > 0)
        {
            // An upstream of this dialect has repeated the request itself, as it was told: what the gateway keeps it knows nothing of.
            json.WriteIf("service_tier", TierOf(start.ServiceTier));
            json.WriteExtensions(context.Request is null ? own : [.. own.Where(extension => !ResponsesEcho.IsState(extension.Name))], context.Target);
            ResponsesEcho.WriteState(json, context.Request);
        }
        else
        {
            ResponsesEcho.Write(json, context.Request ?? new ChatRequest(), TierOf(start.ServiceTier), context.Target);
        }

        ResponsesUsage.Write(json, usage, usageExtensions);
        json.WriteEndObject();
    }

    private static string? TierOf(ServiceLevel? tier) => tier is { } known ? ChatWords.FromTier(known) : null;

    private static void WriteFailure(Utf8JsonWriter json, Finish? failure)
    {
        if (failure is null)
        {
            json.WriteNull("error");
            return;
        }

        json.WriteStartObject("error");
        json.WriteString("code", "server_error");
        json.WriteString("message", failure.Explanation ?? "The model failed to answer.");
        json.WriteEndObject();
    }

    private static void WriteReason(Utf8JsonWriter json, string? reason)
    {
        if (reason is null)
        {
            json.WriteNull("incomplete_details");
            return;
        }

        json.WriteStartObject("incomplete_details");
        json.WriteString("reason", reason);
        json.WriteEndObject();
    }
}
