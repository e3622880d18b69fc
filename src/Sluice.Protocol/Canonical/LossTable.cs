using System.Text;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// What is lost between two dialects, made of the same rows by which writers decide, for <c>docs/dialects/</c>.
/// </summary>
public static class LossTable
{
    /// <summary>The fields that a client of one dialect can use and an upstream of the other has no place for.</summary>
    public static IReadOnlyList<CanonicalField> Lost(DialectCodec client, DialectCodec upstream) =>
        [.. Enum.GetValues<CanonicalField>().Where(field => client.Fields.Of(field) is not null && !upstream.Fields.Supported.Contains(field))];

    /// <summary>A table in Markdown: each field of the client, and the place that the upstream has for it.</summary>
    public static string ToMarkdown(DialectCodec client, DialectCodec upstream)
    {
        var lost = Lost(client, upstream);
        var table = new StringBuilder();
        table.Append("| `").Append(client.Dialect.Name()).Append("` | `").Append(upstream.Dialect.Name()).Append("` |\n|---|---|\n");
        foreach (var field in Enum.GetValues<CanonicalField>())
        {
            if (client.Fields.Of(field) is { } name)
            {
                table.Append("| `").Append(name).Append("` | ").Append(lost.Contains(field) ? "dropped" : $"`{upstream.Fields.Of(field)}`").Append(" |\n");
            }
        }

        return table.ToString();
    }
}
