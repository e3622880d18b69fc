using System.Text;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>
/// What differs between Anthropic's own API and Claude on Vertex AI around the same body (wire.md §3.11): there the model
/// stands in the path, and the version in the body. Edits only; every other byte stays as it came.
/// </summary>
public static class VertexEnvelope
{
    private const string Version = "anthropic_version";
    private const string Betas = "anthropic_beta";

    /// <summary>Clients of a region write a version of their own kind; it says nothing to Anthropic's own API.</summary>
    private const string VertexPrefix = "vertex-";

    /// <summary>The member that carries the version, <c>"anthropic_version":"…"</c>; made once for each provider.</summary>
    public static byte[] VersionMember(string version) => [.. Encoding.ASCII.GetBytes($"\"{Version}\":"), .. ModelEdit.Token(version)];

    /// <summary>Makes a body of Anthropic's own API one of Vertex: the version enters unless the client gave one, the model leaves.</summary>
    /// <param name="edit">Takes the changes.</param>
    /// <param name="body">A body that was peeked at, or that Sluice has written.</param>
    /// <param name="objectStart">Where its opening brace stands.</param>
    /// <param name="versionMember">What <see cref="VersionMember"/> made.</param>
    /// <param name="keepsModel">True where the body names the model on Vertex too: counting tokens.</param>
    public static void Wrap(ref JsonEdit edit, ReadOnlySpan<byte> body, int objectStart, ReadOnlySpan<byte> versionMember, bool keepsModel)
    {
        if (!keepsModel)
        {
            edit.ReplaceEach(MemberRemoval.Find(body, "model"), default);
        }

        if (!Read(body).HasVersion)
        {
            edit.InsertMemberFirst(objectStart, isEmptyObject: false, versionMember);
        }
    }

    /// <summary>Makes a body that came on a Vertex path one of Anthropic's own API, which refuses these members and takes them as headers.</summary>
    /// <param name="edit">Takes the changes.</param>
    /// <param name="body">A body that was peeked at.</param>
    /// <returns>What the headers must say; null where the body says nothing.</returns>
    public static (string? Version, string? Betas) Unwrap(ref JsonEdit edit, ReadOnlySpan<byte> body)
    {
        var found = Read(body);
        if (found.HasVersion || found.Betas is not null)
        {
            edit.ReplaceEach(MemberRemoval.Find(body, Version, Betas), default);
        }

        var version = found.Version is { } text && !text.StartsWith(VertexPrefix, StringComparison.Ordinal) ? text : null;
        return (version, found.Betas);
    }

    private static Found Read(ReadOnlySpan<byte> body)
    {
        var found = default(Found);
        var members = new JsonMembers(body, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (JsonText.Equals(members.Name, "anthropic_version"u8))
            {
                found.HasVersion = true;
                found.Version = HeaderText(members.Value);
            }
            else if (JsonText.Equals(members.Name, "anthropic_beta"u8))
            {
                found.Betas = Join(members.Value);
            }
        }

        return found;
    }

    private static string Join(ReadOnlySpan<byte> list)
    {
        if (list[0] != (byte)'[')
        {
            return HeaderText(list) ?? "";
        }

        var betas = new List<string>();
        var elements = new JsonElements(list, stackalloc ulong[JsonMembers.StackWords]);
        while (elements.Next())
        {
            if (HeaderText(elements.Slice.Of(list)) is { Length: > 0 } beta)
            {
                betas.Add(beta);
            }
        }

        return string.Join(',', betas);
    }

    /// <summary>A JSON string as a header may carry it; null for anything else, and for what could end the header.</summary>
    private static string? HeaderText(ReadOnlySpan<byte> token)
    {
        if (token[0] != (byte)'"')
        {
            return null;
        }

        var contents = JsonText.Contents(token);
        var plain = new byte[contents.Length];
        var text = plain.AsSpan(0, JsonText.Unescape(contents, plain));
        return text.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? null : Encoding.ASCII.GetString(text);
    }

    private struct Found
    {
        public bool HasVersion;
        public string? Version;
        public string? Betas;
    }
}
