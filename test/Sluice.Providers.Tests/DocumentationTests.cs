using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests;

public class DocumentationTests
{
    /// <summary>docs/providers.md is kept by hand; this keeps it true.</summary>
    [Fact]
    public void ProvidersPage_EveryProvider_HasALineWithItsBaseUrlAndVariables()
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", "providers.md"));
        foreach (var descriptor in Registry.All.Select(provider => provider.Descriptor))
        {
            var facts = descriptor.EnvironmentVariables.Append(descriptor.DefaultBaseUrl ?? "").Where(fact => fact.Length > 0);
            lines.ShouldContain(line => line.StartsWith($"| `{descriptor.Type}` |") && facts.All(fact => line.Contains($"`{fact}`")), descriptor.Type);
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sluice.slnx")))
        {
            folder = folder.Parent.ShouldNotBeNull();
        }

        return folder.FullName;
    }
}
