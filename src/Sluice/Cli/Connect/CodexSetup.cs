namespace Sluice.Cli.Connect;

/// <summary>
/// Codex. Its built-in <c>openai</c> provider cannot be pointed elsewhere (openai/codex#11698), so a provider of its own is added;
/// <c>responses</c> is the only <c>wire_api</c> that current versions take, and the key stays in a variable that <c>env_key</c> names.
/// Source: developers.openai.com/codex/config-advanced.
/// </summary>
internal static class CodexSetup
{
    private const string KeyVariable = "SLUICE_API_KEY";

    public static ClientSetup Create(ConnectRequest request)
    {
        var folder = request.Variables.GetValueOrDefault("CODEX_HOME") ?? Path.Combine(request.Home, ".codex");
        string? Edit(string text) => TomlFile.Edit(
            text,
            request.Model is { } model ? [("model_provider", "sluice"), ("model", model)] : [("model_provider", "sluice")],
            "model_providers.sluice",
            [("name", "Sluice"), ("base_url", $"{request.Url}/v1"), ("env_key", KeyVariable), ("wire_api", "responses")]);
        return new ClientSetup
        {
            Client = "Codex",
            Environment = [new(KeyVariable, request.Key)],
            Files = [new ClientFile(Path.Combine(folder, "config.toml"), Edit("")!, Edit)],
            Notes = ["The file names the provider; the key stays in the variable, which each shell needs.", "Try: codex exec hello"],
        };
    }
}
