using System.Net;
using Sluice.Auth.Protection;
using Sluice.Protocol.Canonical;

namespace Sluice.Auth.Accounts;

/// <summary>Checks who somebody is by e-mail and password: one way for every entrance, so that all count alike.</summary>
internal sealed partial class PasswordSignIn(
    UserStore users, PasswordThreads passwords, AttemptGuard guard, ILogger<PasswordSignIn> logger)
{
    /// <summary>The same for a wrong password, an unknown address, a disabled account and one without a password.</summary>
    public static readonly GatewayError WrongCredentials = new(
        ErrorKind.Unauthenticated, "invalid_credentials", "The e-mail address or the password is wrong.");

    /// <summary>More passwords wait to be checked than can be soon.</summary>
    public static readonly GatewayError Busy = new(
        ErrorKind.RateLimited, "sign_in_busy", "Too many sign-ins at the same moment. Try again in a second.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>The address or the account has failed too often.</summary>
    public static GatewayError LockedOut(TimeSpan wait) => new(
        ErrorKind.RateLimited, "sign_in_locked", "Too many failed sign-ins. Wait as long as retry-after says.")
    {
        RetryAfter = wait,
    };

    /// <summary>The user; or why not.</summary>
    /// <param name="email">As it was sent.</param>
    /// <param name="password">As it was sent.</param>
    /// <param name="address">The connection's.</param>
    public async Task<(UserRecord? User, GatewayError? Error)> CheckAsync(string? email, string? password, IPAddress? address)
    {
        var known = EmailAddress.Normalise(email);
        if (guard.Begin(address, known, out var attempt) is { } wait)
        {
            return (null, LockedOut(wait));
        }

        var user = known is null ? null : users.FindByEmail(known);
        if (passwords.TryVerify(user?.PasswordHash, password ?? "") is not { } verifying)
        {
            attempt.Cancel();
            return (null, Busy);
        }

        if (!await verifying || user is not { IsActive: true })
        {
            attempt.Fail();
            return (null, WrongCredentials);
        }

        attempt.Succeed();
        await StrengthenAsync(user, password!);
        return (user, null);
    }

    /// <summary>An imported hash of a lower cost is replaced at the first chance: now the password is at hand.</summary>
    private async Task StrengthenAsync(UserRecord user, string password)
    {
        if (user.PasswordHash is { } old && passwords.IsWeak(old) && passwords.TryHash(password) is { } hashing)
        {
            var stronger = await hashing;
            await users.ChangeAsync(user.Id, row => row.PasswordHash == old ? row with { PasswordHash = stronger } : null);
            Log.Strengthened(logger, user.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5101, LogLevel.Information, "The imported password hash of {User} was replaced by one of the usual cost")]
        public static partial void Strengthened(ILogger logger, string user);
    }
}
