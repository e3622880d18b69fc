namespace Sluice.Cli.Connect;

/// <summary>
/// Claude Code. It appends <c>/v1/messages</c> itself, sends <c>ANTHROPIC_AUTH_TOKEN</c> as a bearer token, and a set
/// <c>ANTHROPIC_API_KEY</c> gets in the way. Source: code.claude.com/docs, "LLM gateway"; names checked in
/// @anthropic-ai/claude-code 2.1.330.
/// </summary>
internal static class ClaudeSetup
{
    public static ClientSetup Create(ConnectRequest request)
    {
        List<KeyValuePair<string, string>> environment = [new("ANTHROPIC_BASE_URL", request.Url), new("ANTHROPIC_AUTH_TOKEN", request.Key)];
        if (request.Model is { } model)
        {
            environment.Add(new("ANTHROPIC_MODEL", model));
        }

        var folder = request.Variables.GetValueOrDefault("CLAUDE_CONFIG_DIR") ?? Path.Combine(request.Home, ".claude");
        string? Edit(string text) => JsonFile.Set(text, environment.Select(v => (new[] { "env", v.Key }, v.Value)));
        return new ClientSetup
        {
            Client = "Claude Code",
            Environment = environment,
            Unset = ["ANTHROPIC_API_KEY"],
            Files = [new ClientFile(Path.Combine(folder, "settings.json"), Edit("")!, Edit)],
            Notes = ["The lines set it for this shell; the file sets it for good and wins over the shell.", "Try: claude -p hello"],
        };
    }
}
