using Sluice.Protocol.Canonical;

namespace Sluice.Admin.Accounts;

/// <summary>The refusals of accounts.</summary>
internal static class AccountErrors
{
    public static readonly GatewayError RegistrationClosed = new(
        ErrorKind.Forbidden, "registration_closed", "Nobody can register here. Ask an administrator for an account.");

    public static readonly GatewayError InvitationNeeded = new(
        ErrorKind.Forbidden, "invitation_required", "Registering needs an invitation for this address: send its token as 'invite'. It may be used or expired.");

    public static readonly GatewayError EmailTaken = new(
        ErrorKind.Conflict, "email_taken", "There is an account of this e-mail address already. Sign in, or set a new password.")
    {
        Param = "email",
    };

    public static readonly GatewayError BadRefreshToken = new(
        ErrorKind.Unauthenticated, "invalid_refresh_token", "The refresh token is unknown, used, or its session has ended. Sign in again.");

    public static readonly GatewayError BadToken = new(
        ErrorKind.Forbidden, "invalid_one_time_token", "The link is not valid: it was used, replaced by a newer one, or is too old. Ask for a new one.");

    public static readonly GatewayError NoSession = new(
        ErrorKind.Forbidden, "session_required", "This needs a session: sign in, and send the access token in place of an API key.");

    public static readonly GatewayError WrongPassword = new(
        ErrorKind.Forbidden, "wrong_password", "The current password is wrong or missing.")
    {
        Param = "current_password",
    };

    public static readonly GatewayError TooManyKeys = new(
        ErrorKind.Conflict, "too_many_keys", "The account has 100 API keys, the most that it can have. Delete one first.");

    /// <summary>The same as for a path that does not exist: what is not configured is not there.</summary>
    public static readonly GatewayError Absent = new(
        ErrorKind.NotFound, "not_found", "This is not set up here.");
}
