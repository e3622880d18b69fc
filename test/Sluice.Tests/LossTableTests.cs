using System.Text;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Tests;

/// <summary>docs/dialects/translation.md is made of the rows by which writers decide; SLUICE_WRITE_DOCS=1 writes it anew.</summary>
public sealed class LossTableTests
{
    private const string Head = """
        # Dialects: what translation loses
        A model whose provider does not speak the client's dialect is reached by translation. What is written here is made from
        the code (`LossTable`); a test compares it. `dropped` means: left out, and named in `x-sluice-dropped`, in the call's
        trace (`/api/admin/requests/{id}`, `dropped`) and in the log at debug. A model may reject more than its dialect.

        Everything that a table does not name is mapped, or belongs to the vendor of the client's dialect alone and is dropped and named in the same
        way. Stored conversations (`previous_response_id`, `conversation`, `background`) are never dropped: such a request is
        refused with [`unsupported_translation`](../errors.md#unsupported_translation) where the other side keeps nothing.

        What an answer holds that the client's dialect has no place for, such as a search of the web as a part of its own for Chat, is
        named in the same three places; only the head of a stream is sent too early for it.

        """;

    private static readonly Dialect[] Dialects = Enum.GetValues<Dialect>();

    [Fact]
    public void Tables_InTheDocumentation_AreThoseOfTheCode()
    {
        var path = Path.Combine(FindRoot(), "docs", "dialects", "translation.md");
        var expected = Page();
        if (Environment.GetEnvironmentVariable("SLUICE_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        File.ReadAllText(path).ShouldBe(expected, "run the test with SLUICE_WRITE_DOCS=1 and commit the page");
    }

    private static string Page()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var client in Dialects)
        {
            foreach (var upstream in Dialects.Where(other => other != client))
            {
                page.Append("\n## ").Append(client.Name()).Append(" to ").Append(upstream.Name()).Append("\n\n");
                page.Append(LossTable.ToMarkdown(DialectCodec.For(client), DialectCodec.For(upstream)));
            }
        }

        return page.ToString();
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Sluice.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
