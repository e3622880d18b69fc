using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Auth.Accounts;

namespace Sluice.Admin.Accounts;

/// <summary>Confirming an address and setting a forgotten password, by mail. Where no mails can be sent these paths are not there.</summary>
internal sealed class EmailEndpoints(
    UserStore users, SessionStore sessions, AccountTokenStore tokens, AccountMails mails, PasswordThreads passwords)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/auth");
        group.WithTags("Accounts");
        group.MapOperation("POST", "/password-reset", "Ask for a link to set a new password; the answer is the same for every address", AskAsync)
            .Takes<EmailBody>().Answers(StatusCodes.Status202Accepted).WithAccess(Access.Anyone);
        group.MapOperation("POST", "/password-reset/confirm", "Set a new password with the token of the link; ends every session", SetAsync)
            .Takes<NewPasswordBody>().Answers(StatusCodes.Status204NoContent).WithAccess(Access.Anyone);
        group.MapOperation("POST", "/verify-email", "Confirm an address with the token of the link", VerifyAsync)
            .Takes<OneTimeTokenBody>().Answers(StatusCodes.Status204NoContent).WithAccess(Access.Anyone);
        group.MapOperation("POST", "/verify-email/send", "Ask for a link to confirm the own address", SendAsync)
            .Answers(StatusCodes.Status202Accepted).WithAccess(Access.Account);
    }

    private async Task AskAsync(HttpContext context)
    {
        if (await IsAbsentAsync(context) || await context.ReadJsonAsync(AccountJson.Default.EmailBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var email = check.Email("email", body.Email);
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.CompleteAsync();
        if (users.FindByEmail(email) is { IsActive: true } user)
        {
            // After the answer, which therefore takes as long for an address that nobody has.
            await mails.SendResetAsync(user);
        }
    }

    private async Task SetAsync(HttpContext context)
    {
        if (await IsAbsentAsync(context) || await context.ReadJsonAsync(AccountJson.Default.NewPasswordBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        check.Password("password", body.Password);
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        if (tokens.Find(TokenPurpose.Reset, body.Token) is not { UserId: { } id } known)
        {
            await context.WriteProblemAsync(AccountErrors.BadToken);
            return;
        }

        if (passwords.TryHash(body.Password!) is not { } hashing)
        {
            await context.WriteProblemAsync(PasswordSignIn.Busy);
            return;
        }

        var hash = await hashing;
        var changed = await users.ChangeAsync(
            id,
            row => row.Email == known.Email ? row with { PasswordHash = hash, EmailVerified = true } : null,
            connection => sessions.EndAll(connection, id),
            connection => tokens.Spend(connection, TokenPurpose.Reset, body.Token) is not null);
        await DoneAsync(context, changed is not null);
    }

    private async Task VerifyAsync(HttpContext context)
    {
        if (await IsAbsentAsync(context) || await context.ReadJsonAsync(AccountJson.Default.OneTimeTokenBody) is not { } body)
        {
            return;
        }

        var isDone = tokens.Find(TokenPurpose.Verify, body.Token) is { UserId: { } id } known
            && await users.ChangeAsync(
                id,
                row => row.Email == known.Email ? row with { EmailVerified = true } : null,
                condition: connection => tokens.Spend(connection, TokenPurpose.Verify, body.Token) is not null) is not null;
        await DoneAsync(context, isDone);
    }

    private async Task SendAsync(HttpContext context)
    {
        if (await IsAbsentAsync(context))
        {
            return;
        }

        if (users.Find(context.AccountId()) is { EmailVerified: false } user)
        {
            await mails.SendVerificationAsync(user);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task<bool> IsAbsentAsync(HttpContext context)
    {
        if (!mails.IsOn)
        {
            await context.WriteProblemAsync(AccountErrors.Absent);
        }

        return !mails.IsOn;
    }

    private static async Task DoneAsync(HttpContext context, bool isDone)
    {
        if (isDone)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await context.WriteProblemAsync(AccountErrors.BadToken);
        }
    }
}
