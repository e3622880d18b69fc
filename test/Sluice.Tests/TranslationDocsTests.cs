using System.Reflection;
using Sluice.Protocol.Canonical;

namespace Sluice.Tests;

/// <summary>The operator's page of repairs names every code, and none that there is not.</summary>
public class TranslationDocsTests
{
    [Fact]
    public void Page_Repairs_AreThoseOfTheCode()
    {
        var codes = typeof(AnswerRepairs).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        var page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "operations", "translation.md"));
        var section = page[page.IndexOf("## Repairs", StringComparison.Ordinal)..page.IndexOf("Kinds of events", StringComparison.Ordinal)];
        var named = section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

        named.Order().ShouldBe(codes.Order());
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Sluice.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
