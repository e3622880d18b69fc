using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>The administrator's account of a headless set-up.</summary>
/// <param name="Email"><c>SLUICE_ADMIN_EMAIL</c>; empty for none.</param>
/// <param name="Password"><c>SLUICE_ADMIN_PASSWORD</c>.</param>
internal sealed record FirstAdministratorOptions(string Email, Secret Password)
{
    public static FirstAdministratorOptions FromEnvironment() => new(
        Environment.GetEnvironmentVariable("SLUICE_ADMIN_EMAIL") ?? "", new Secret(Environment.GetEnvironmentVariable("SLUICE_ADMIN_PASSWORD")));
}

/// <summary>
/// Makes that account at start when there is none of its address. An account that exists is left as it is: who can set the
/// environment must not silently take over what somebody else has registered, and a changed password must stay changed.
/// </summary>
internal sealed partial class FirstAdministrator(
    FirstAdministratorOptions options, UserStore users, PasswordOptions passwords, ILogger<FirstAdministrator> logger) : IHostedService
{
    /// <exception cref="StartRefusedException">Address or password cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Email.Length == 0)
        {
            return;
        }

        var email = EmailAddress.Normalise(options.Email) ?? throw new StartRefusedException("SLUICE_ADMIN_EMAIL is no e-mail address.");
        if (users.FindByEmail(email) is { } known)
        {
            if (known.Role != AccountRole.Administrator)
            {
                Log.NotAdministrator(logger, known.Id);
            }

            return;
        }

        if (PasswordHash.Complaint(options.Password.Reveal()) is { } complaint)
        {
            throw new StartRefusedException($"SLUICE_ADMIN_PASSWORD {complaint}.");
        }

        await users.AddAsync(new UserRecord
        {
            Id = RandomId.Create("usr_"),
            Email = email,
            Name = "Administrator",
            Role = AccountRole.Administrator,
            EmailVerified = true,

            // Nobody is being served yet whom this could hold up.
            PasswordHash = await Task.Run(() => PasswordHash.Create(options.Password.Reveal(), passwords.Cost), cancellationToken),
        });
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(5102, LogLevel.Warning, "The account {User} has the address of SLUICE_ADMIN_EMAIL and is no administrator's; it is left as it is")]
        public static partial void NotAdministrator(ILogger logger, string user);
    }
}
