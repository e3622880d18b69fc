using Sluice.Protocol;
using Sluice.Protocol.AnthropicMessages;
using Sluice.Protocol.Json;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>
/// Where the version and the model of a Messages request stand: as a header and in the body with Anthropic itself, in the body and
/// in the path on a cloud platform. A client may come from the one and its upstream be the other.
/// </summary>
/// <param name="HasVersionHeader">True where the version goes as the header <c>anthropic-version</c>.</param>
/// <param name="Version">The header's value where the client has put one into its body; null otherwise.</param>
/// <param name="Betas">What the client has put into its body in the place of the header <c>anthropic-beta</c>; null otherwise.</param>
internal readonly record struct ClaudeEnvelope(bool HasVersionHeader, string? Version, string? Betas)
{
    /// <summary>As Anthropic itself has it.</summary>
    public static readonly ClaudeEnvelope Usual = new(true, null, null);

    /// <summary>The version of Anthropic's own API that has always been; on a cloud platform it has another name.</summary>
    private static readonly string[] ClassicVersions = ["", HeaderPolicy.DefaultAnthropicVersion, "2023-01-01"];

    /// <summary>True when version and model go to the target in the way of a cloud platform.</summary>
    public static bool IsWrapped(Operation operation, RouteTarget target) => operation.Dialect == Dialect.AnthropicMessages && target.Provider.AnthropicVersion is not null;

    /// <summary>True when the body must not name the model.</summary>
    public static bool LeavesModelOut(Operation operation, RouteTarget target) => operation == Operation.Messages && IsWrapped(operation, target);

    /// <summary>Makes the client's envelope the upstream's.</summary>
    public static ClaudeEnvelope Apply(ref JsonEdit edit, GatewayCall call, RouteTarget target)
    {
        if (IsWrapped(call.Operation, target))
        {
            var version = VersionOf(call.Http.Request.Headers[HeaderPolicy.AnthropicVersion].ToString(), target);
            VertexEnvelope.Wrap(ref edit, call.Body, call.Peek.ObjectStart, version, keepsModel: !LeavesModelOut(call.Operation, target));
            return Usual with { HasVersionHeader = false };
        }

        if (!call.VersionInBody || call.Operation.Dialect != Dialect.AnthropicMessages)
        {
            return Usual;
        }

        var (told, betas) = VertexEnvelope.Unwrap(ref edit, call.Body);
        return new ClaudeEnvelope(true, told, betas);
    }

    /// <summary>As <see cref="Apply"/>, for a body that was written anew.</summary>
    public static ClaudeEnvelope Of(GatewayCall call, RouteTarget target)
    {
        var unused = new JsonEdit();
        return Apply(ref unused, call, target);
    }

    /// <summary>The client's body as Anthropic's own API would have it, for the reader of the dialect.</summary>
    public static Memory<byte> PlainBody(GatewayCall call)
    {
        var edit = new JsonEdit();
        VertexEnvelope.Unwrap(ref edit, call.Body);
        var plain = new byte[edit.Length(call.BodyLength)];
        edit.Apply(call.Body, plain);
        return plain;
    }

    /// <summary>A body that was written in Anthropic's dialect, with the envelope of a cloud platform.</summary>
    public static byte[] Wrapped(ReadOnlySpan<byte> body, RouteTarget target)
        => Wrapped(body, VersionOf(target.RulesIn(Dialect.AnthropicMessages).ApiVersion, target));

    /// <summary>As the other <c>Wrapped</c>, with the member <c>anthropic_version</c> as it is given.</summary>
    public static byte[] Wrapped(ReadOnlySpan<byte> body, byte[] version)
    {
        var edit = new JsonEdit();
        VertexEnvelope.Wrap(ref edit, body, body.IndexOf((byte)'{'), version, keepsModel: false);
        var wrapped = new byte[edit.Length(body.Length)];
        edit.Apply(body, wrapped);
        return wrapped;
    }

    /// <summary>
    /// The version's member: a later version of Anthropic's API has the same name on the platform (@anthropic-ai/vertex-sdk 1.1.3 sends it so),
    /// unless the operator has named one.
    /// </summary>
    private static byte[] VersionOf(string asked, RouteTarget target)
        => target.Provider.Config.AnthropicVersion.Length > 0 || ClassicVersions.Contains(asked) || !System.Text.Ascii.IsValid(asked)
            ? target.Provider.AnthropicVersion!
            : VertexEnvelope.VersionMember(asked);
}
