using System.Text;

namespace Sluice.Configuration.Schema;

/// <summary>The listing of all settings as a page: docs/operations/configuration.md is this text.</summary>
internal static class SchemaMarkdown
{
    public static string Write(IReadOnlyList<SchemaRow> rows)
    {
        var text = new StringBuilder();
        text.Append("""
            # Settings

            Every setting of `sluice.yaml`, made by `sluice config schema`. An environment variable wins over the file: `SLUICE__` and the
            path with two underscores between its parts, such as `SLUICE__SERVER__URLS` or `SLUICE__PROVIDERS__0__BASE_URL` (an item of a list
            by its index, or by its name). In values, `"${NAME}"` stands for an environment variable, `file:/path` for a file's content without
            its last line break, and `$${` for `${`. Durations are written `1500ms`, `1s`, `2m`, `1h`. Settings marked *later* are checked,
            have no effect in this version, and give a warning when set.

            | Setting | Value | Default | Meaning |
            |---|---|---|---|

            """);
        foreach (var row in rows)
        {
            var marks = (row.Required ? " *required*" : "") + (row.InForce ? "" : " *later*");
            text.Append("| `").Append(row.Path).Append('`').Append(marks)
                .Append(" | ").Append(Cell(row.Expected))
                .Append(" | ").Append(row.Default.Length > 0 ? $"`{row.Default}`" : "")
                .Append(" | ").Append(Cell(row.Help)).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
