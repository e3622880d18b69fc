using Sluice.Auth.Accounts;
using Sluice.Auth.Mail;
using Sluice.Auth.Tokens;

namespace Sluice.Admin.Accounts;

/// <summary>The mails that accounts send. Links begin with the configured address, never with what a request calls the service.</summary>
internal sealed class AccountMails(Outbox outbox, AccountTokenStore tokens, AccessTokens issuer)
{
    private static readonly TimeSpan VerifyLifetime = TimeSpan.FromDays(3);
    private static readonly TimeSpan ResetLifetime = TimeSpan.FromHours(1);

    public bool IsOn => outbox.IsOn;

    public async Task SendVerificationAsync(UserRecord user)
    {
        var token = await tokens.CreateAsync(TokenPurpose.Verify, user.Id, user.Email, VerifyLifetime);
        outbox.Post(new Mail(
            user.Email, "Confirm your e-mail address",
            $"Somebody, probably you, uses this address at {issuer.Issuer}.\nTo confirm it, open this link within 3 days:\n\n{issuer.Issuer}/verify-email?token={token}\n"));
    }

    public async Task SendResetAsync(UserRecord user)
    {
        var token = await tokens.CreateAsync(TokenPurpose.Reset, user.Id, user.Email, ResetLifetime);
        outbox.Post(new Mail(
            user.Email, "Set a new password",
            $"Somebody, probably you, asked for a new password at {issuer.Issuer}.\nTo set one, open this link within an hour:\n\n{issuer.Issuer}/reset-password?token={token}\n\nIf it was not you, nothing needs to be done.\n"));
    }
}
