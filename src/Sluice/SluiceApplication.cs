using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice;

/// <summary>Puts the service together.</summary>
internal static class SluiceApplication
{
    /// <summary>The provider types that this version serves.</summary>
    internal static ProviderTypeCatalog ProviderTypes { get; } = ProviderTypeCatalog.From(
    [
        new ProviderDescriptor("openai", "OpenAI") { DefaultBaseUrl = "https://api.openai.com/v1", EnvironmentVariables = ["OPENAI_API_KEY"] },
        new ProviderDescriptor("anthropic", "Anthropic") { DefaultBaseUrl = "https://api.anthropic.com", EnvironmentVariables = ["ANTHROPIC_API_KEY"] },
        new ProviderDescriptor("gemini", "Google Gemini") { DefaultBaseUrl = "https://generativelanguage.googleapis.com", EnvironmentVariables = ["GEMINI_API_KEY", "GOOGLE_API_KEY"] },
        new ProviderDescriptor("openai-compatible", "OpenAI compatible") { RequiresCredential = false },
        new ProviderDescriptor(ProviderTypeCatalog.Simulator, "Simulator") { RequiresCredential = false },
    ]);

    /// <summary>Builds the service without starting it.</summary>
    /// <exception cref="ConfigException">The configuration has mistakes.</exception>
    internal static WebApplication Build(ServeOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var config = builder.Services.AddSluiceConfiguration(options, ProviderTypes);
        builder.WebHost.UseSluiceAddresses(config.Server);
        var app = builder.Build();
        app.MapGet("/health/alive", () => Results.Ok()).WithAccess(Access.Anyone);
        return app;
    }
}
