using Sluice.Configuration;

namespace Sluice.Cli.Doctor;

/// <summary>The configuration, and the environment variables that it would offer providers from.</summary>
internal static class ConfigurationChecks
{
    private const string Name = "configuration";

    public static IEnumerable<CheckResult> Run(LoadedConfiguration loaded, CommandHost host)
    {
        foreach (var error in loaded.Errors)
        {
            yield return CheckResult.Failed(Name, error.Format(), "Mend it; \"sluice config validate\" checks again", ExitCode.ConfigurationInvalid);
        }

        foreach (var warning in loaded.Warnings)
        {
            yield return CheckResult.Warning(Name, warning.Format(), "Nothing to do if you know");
        }

        if (loaded.Errors.Count == 0)
        {
            var config = loaded.Config;
            yield return CheckResult.Ok(Name, $"{loaded.File ?? "no file, defaults"}: {config.Providers.Count} providers, {config.Models.Count} models, {config.Keys.Count} keys");
        }

        var variables = host.ProviderTypes().All.Select(t => FirstRunProviders.Variable(t, host.Variables)).OfType<string>().Distinct().ToList();
        yield return CheckResult.Ok("environment", variables.Count > 0 ? $"provider keys in {string.Join(", ", variables)}" : "no provider keys in the usual variables");
        if (host.Variables.TryGetValue("SLUICE_ADMIN_KEY", out var key) && key.Length is > 0 and < 32)
        {
            yield return CheckResult.Failed("environment", "SLUICE_ADMIN_KEY has fewer than 32 characters and is not accepted", "Make one: openssl rand -hex 32");
        }
    }
}
