using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

/// <summary>A folder of its own with a <c>sluice.yaml</c>, and what is needed to read it.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public static readonly ProviderTypeCatalog Types = new(
    [
        new ProviderType("openai") { DefaultBaseUrl = "https://api.openai.com/v1", EnvironmentVariables = ["OPENAI_API_KEY"] },
        new ProviderType("anthropic") { DefaultBaseUrl = "https://api.anthropic.com", EnvironmentVariables = ["ANTHROPIC_API_KEY"] },
        new ProviderType("gemini") { DefaultBaseUrl = "https://generativelanguage.googleapis.com", EnvironmentVariables = ["GEMINI_API_KEY", "GOOGLE_API_KEY"] },
        new ProviderType("openai-compatible") { RequiresBaseUrl = true, RequiresCredential = false },
        new ProviderType("groq") { DefaultBaseUrl = "https://api.groq.com/openai/v1", EnvironmentVariables = ["GROQ_API_KEY"] },
        new ProviderType("simulator") { RequiresCredential = false },
        new ProviderType("vertex") { Served = false },
        new ProviderType("flux") { Served = false },
    ]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-config-");

    public ConfigurationFolder(string? yaml = null)
    {
        if (yaml is not null)
        {
            Write(yaml);
        }
    }

    public string Path => _folder.FullName;

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string File(string name = "sluice.yaml") => System.IO.Path.Combine(Path, name);

    public void Write(string text, string name = "sluice.yaml") => System.IO.File.WriteAllText(File(name), text);

    public ConfigurationLoader CreateLoader(string? file = null, string? urls = null, string? data = null)
        => new(new ConfigurationInput { CurrentDirectory = Path, File = file, Variables = Variables, Urls = urls, Data = data }, Types);

    public LoadedConfiguration Load() => CreateLoader().Load();

    /// <summary>The configuration of a text that must have no mistakes.</summary>
    public static SluiceConfig Valid(string yaml)
    {
        using var folder = new ConfigurationFolder(yaml);
        var loaded = folder.Load();
        loaded.Errors.ShouldBeEmpty();
        return loaded.Config;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
