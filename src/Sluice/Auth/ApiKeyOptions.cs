using Sluice.Configuration;

namespace Sluice.Auth;

/// <summary>The administrator's key of a headless set-up.</summary>
internal sealed record ApiKeyOptions
{
    /// <summary>The text of <c>SLUICE_ADMIN_KEY</c>: 32 characters or more, or empty for none.</summary>
    public Secret AdministratorKey { get; init; }

    public static ApiKeyOptions FromEnvironment()
        => new() { AdministratorKey = new Secret(Environment.GetEnvironmentVariable("SLUICE_ADMIN_KEY")) };
}
