using System.Text.Json;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Servers;

/// <summary>What is asked of a server, before it has a number on a connection.</summary>
/// <param name="Method">Such as <c>tools/call</c>.</param>
internal sealed record OutgoingCall(string Method)
{
    /// <summary>The tool's or prompt's name, or the resource's address; null where the method has none.</summary>
    public string? Target { get; init; }

    /// <summary>The client's <c>params</c>; what stands in it goes on as it came, save name, address and what belongs to one hop.</summary>
    public JsonElement Params { get; init; }

    /// <summary>True when the client wants to hear of progress.</summary>
    public bool WantsProgress { get; init; }

    public Action<RpcMessage>? Related { get; init; }

    public IReadOnlyList<HeaderArgument> HeaderArguments { get; init; } = [];

    /// <summary>The member that holds <see cref="Target"/>.</summary>
    private string TargetMember => Method == "resources/read" ? "uri" : "name";

    /// <summary>Writes the members of <c>params</c>.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="id">The request's number, which serves as its progress token.</param>
    /// <param name="sessionless">True when each request tells who sends it.</param>
    public void WriteParams(Utf8JsonWriter json, long id, bool sessionless)
    {
        if (Target is not null)
        {
            json.WriteString(TargetMember, Target);
        }

        RpcWriter.WriteMembers(json, Params, name => name != "_meta" && (Target is null || name != TargetMember));
        var meta = Params.ValueKind == JsonValueKind.Object && Params.TryGetProperty("_meta", out var found) ? found : default;
        json.WriteStartObject("_meta");
        RpcWriter.WriteMembers(json, meta, MetaKey.Travels);
        if (WantsProgress)
        {
            json.WriteNumber(MetaKey.ProgressToken, id);
        }

        if (sessionless)
        {
            WriteIdentity(json);
        }

        json.WriteEndObject();
    }

    /// <summary>What the sessionless revision wants in headers, so that a balancer need not read the message.</summary>
    public IEnumerable<KeyValuePair<string, string>> SessionlessHeaders()
    {
        yield return new("Mcp-Method", Method);
        if (Target is not null)
        {
            yield return new("Mcp-Name", HeaderText.Encode(Target));
        }

        foreach (var argument in HeaderArguments)
        {
            if (ValueOf(argument) is { } value)
            {
                yield return new("Mcp-Param-" + argument.Header, HeaderText.Encode(value));
            }
        }
    }

    private static void WriteIdentity(Utf8JsonWriter json)
    {
        json.WriteString(MetaKey.ProtocolVersion, ProtocolVersion.Sessionless);
        json.WriteStartObject(MetaKey.ClientInfo);
        Implementation.Write(json);
        json.WriteEndObject();
        json.WriteStartObject(MetaKey.ClientCapabilities);
        json.WriteEndObject();
    }

    private string? ValueOf(HeaderArgument argument)
    {
        if (Params.ValueKind != JsonValueKind.Object || !Params.TryGetProperty("arguments", out var value))
        {
            return null;
        }

        foreach (var member in argument.Path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(member, out value))
            {
                return null;
            }
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
    }
}
