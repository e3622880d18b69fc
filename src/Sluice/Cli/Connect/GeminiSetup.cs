namespace Sluice.Cli.Connect;

/// <summary>
/// Gemini CLI. It appends <c>/v1beta</c> itself. With the variables alone, 0.61 chooses the type "gateway" and then refuses it
/// ("Invalid auth method selected"), so the settings must name <c>gemini-api-key</c>; it reads <c>~/.gemini/.env</c> in trusted folders
/// only. Checked by running @google/gemini-cli 0.61.0.
/// </summary>
internal static class GeminiSetup
{
    public static ClientSetup Create(ConnectRequest request)
    {
        List<KeyValuePair<string, string>> environment = [new("GOOGLE_GEMINI_BASE_URL", request.Url), new("GEMINI_API_KEY", request.Key)];
        if (request.Model is { } model)
        {
            environment.Add(new("GEMINI_MODEL", model));
        }

        var folder = Path.Combine(request.Variables.GetValueOrDefault("GEMINI_CLI_HOME") ?? request.Home, ".gemini");
        string? EditSettings(string text) => JsonFile.Set(text, [(["security", "auth", "selectedType"], "gemini-api-key")]);
        string? EditVariables(string text) => EnvFile.Set(text, environment);
        return new ClientSetup
        {
            Client = "Gemini CLI",
            Environment = environment,
            Unset = ["GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"],
            Files =
            [
                new ClientFile(Path.Combine(folder, "settings.json"), EditSettings("")!, EditSettings),
                new ClientFile(Path.Combine(folder, ".env"), EditVariables("")!, EditVariables),
            ],
            Notes =
            [
                "settings.json is needed with the variables too: without it the CLI says \"Invalid auth method selected\".",
                "The .env file is read in folders that you trust; elsewhere set the variables in the shell.",
                "Try: gemini -p hello",
            ],
        };
    }
}
