using System.Text.Json;
using Sluice.Auth;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Wire;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Mcp.Sessions;

/// <summary>
/// A stream that stays open to tell a client that lists have changed: the answer to GET in a session, or to
/// <c>subscriptions/listen</c> without one. It ends within a second when its key is revoked.
/// </summary>
internal sealed class ChangeStream(ICallerRegistry callers, IConfigurationSource configuration, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Tells changes until the client leaves, the key ends, or the stream is cancelled.</summary>
    /// <param name="http">The request; nothing of the answer is sent yet.</param>
    /// <param name="changes">What there is to tell.</param>
    /// <param name="subscription">The id of the listen request as it is written; null for a session's stream.</param>
    /// <param name="still">Called every second while the stream is open.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async Task RunAsync(HttpContext http, ChangeSubscription changes, string? subscription, Action still, CancellationToken cancellationToken)
    {
        // The caller's last permissions and the registry's generation when they were read.
        var caller = http.GetCaller()!;
        var generation = callers.Generation;
        _ = CredentialExtractor.Extract(http.Request, allowQuery: true, out var credential);
        var key = credential.Text.ToString();
        var events = new EventWriter(http);
        if (subscription is not null)
        {
            await events.SendAsync(Acknowledgement(changes.Wanted, subscription), cancellationToken);
        }
        else
        {
            await events.CommentAsync(cancellationToken);
        }

        var quietSince = time.GetTimestamp();
        while (true)
        {
            var parts = await changes.NextAsync(Look, time, cancellationToken);
            still();
            if (callers.Generation is var now && now != generation)
            {
                generation = now;
                if (callers.Find(key) is not { } found || found.KeyId != caller.KeyId)
                {
                    return;
                }

                parts |= found.Mcp.SameAs(caller.Mcp) ? CatalogParts.None : changes.Wanted;
                caller = found;
            }

            var keepAlive = configuration.Current.Config.Server.KeepAlive;
            if (parts != CatalogParts.None)
            {
                foreach (var method in MethodsOf(parts))
                {
                    await events.SendAsync(RpcWriter.Notification(method, subscription is null ? null : json => WriteSubscription(json, subscription)), cancellationToken);
                }
            }
            else if (keepAlive > TimeSpan.Zero && time.GetElapsedTime(quietSince) >= keepAlive)
            {
                await events.CommentAsync(cancellationToken);
            }
            else
            {
                continue;
            }

            quietSince = time.GetTimestamp();
        }
    }

    /// <summary>The answer to a listen request that ends in good order.</summary>
    public static byte[] Closing(string subscription) => RpcWriter.Result(subscription, RpcWriter.Object(json =>
    {
        json.WriteString("resultType", "complete");
        WriteSubscription(json, subscription);
    }));

    private static byte[] Acknowledgement(CatalogParts wanted, string subscription) => RpcWriter.Notification(Notifications.SubscriptionAcknowledged, json =>
    {
        json.WriteStartObject("notifications");
        foreach (var (part, name) in new[] { (CatalogParts.Tools, "toolsListChanged"), (CatalogParts.Prompts, "promptsListChanged"), (CatalogParts.Resources, "resourcesListChanged") })
        {
            if (wanted.HasFlag(part))
            {
                json.WriteBoolean(name, true);
            }
        }

        json.WriteEndObject();
        WriteSubscription(json, subscription);
    });

    private static void WriteSubscription(Utf8JsonWriter json, string subscription)
    {
        json.WriteStartObject("_meta");
        json.WritePropertyName(MetaKey.SubscriptionId);
        json.WriteRawValue(subscription, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static IEnumerable<string> MethodsOf(CatalogParts parts)
    {
        if (parts.HasFlag(CatalogParts.Tools))
        {
            yield return Notifications.ToolsChanged;
        }

        if (parts.HasFlag(CatalogParts.Prompts))
        {
            yield return Notifications.PromptsChanged;
        }

        if (parts.HasFlag(CatalogParts.Resources))
        {
            yield return Notifications.ResourcesChanged;
        }
    }
}
