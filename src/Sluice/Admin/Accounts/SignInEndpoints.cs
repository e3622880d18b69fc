using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Auth.Accounts;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin.Accounts;

/// <summary>Registering, signing in and out.</summary>
internal sealed partial class SignInEndpoints(
    UserStore users,
    PasswordSignIn signIn,
    PasswordThreads passwords,
    SessionStore sessions,
    SessionTokens tokens,
    AccountTokenStore oneTimeTokens,
    AccountMails mails,
    IConfigurationSource configuration,
    ILogger<SignInEndpoints> logger)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/auth");
        group.WithTags("Accounts");
        group.MapOperation("POST", "/register", "Make an account", RegisterAsync)
            .Takes<RegisterBody>().Answers<MeItem>(StatusCodes.Status201Created).WithAccess(Access.Anyone);
        group.MapOperation("POST", "/login", "Sign in", LoginAsync).Takes<LoginBody>().Answers<TokenItem>().WithAccess(Access.Anyone);
        group.MapOperation("POST", "/refresh", "Exchange a refresh token for new tokens; it serves once", RefreshAsync)
            .Takes<RefreshBody>().Answers<TokenItem>().WithAccess(Access.Anyone);
        group.MapOperation("POST", "/logout", "End the session, its access token included", LogoutAsync)
            .Answers(StatusCodes.Status204NoContent).WithAccess(Access.Account);
    }

    private async Task RegisterAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.RegisterBody) is not { } body)
        {
            return;
        }

        var registration = configuration.Current.Config.Auth.Registration;
        if (registration == "closed")
        {
            await context.WriteProblemAsync(AccountErrors.RegistrationClosed);
            return;
        }

        var check = new BodyCheck();
        var email = check.Email("email", body.Email);
        var name = check.Name("name", body.Name ?? email.Split('@')[0]);
        check.Password("password", body.Password);
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var isInvited = registration == "invite";
        if (isInvited && !IsFor(oneTimeTokens.Find(TokenPurpose.Invite, body.Invite), email))
        {
            await context.WriteProblemAsync(AccountErrors.InvitationNeeded);
            return;
        }

        if (passwords.TryHash(body.Password!) is not { } hashing)
        {
            await context.WriteProblemAsync(PasswordSignIn.Busy);
            return;
        }

        var user = new UserRecord { Id = RandomId.Create("usr_"), Email = email, Name = name, PasswordHash = await hashing };
        var isSpent = false;
        var added = await users.AddAsync(user, connection =>
            !isInvited || (isSpent = IsFor(oneTimeTokens.Spend(connection, TokenPurpose.Invite, body.Invite), email)));
        if (!added)
        {
            await context.WriteProblemAsync(isInvited && !isSpent && users.FindByEmail(email) is null ? AccountErrors.InvitationNeeded : AccountErrors.EmailTaken);
            return;
        }

        if (mails.IsOn)
        {
            await mails.SendVerificationAsync(user);
        }

        Log.Registered(logger, user.Id);
        await context.WriteJsonAsync(ProfileEndpoints.Me(user), AccountJson.Default.MeItem, StatusCodes.Status201Created);
    }

    private async Task LoginAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.LoginBody) is not { } body)
        {
            return;
        }

        var (user, error) = await signIn.CheckAsync(body.Email, body.Password, context.Connection.RemoteIpAddress);
        if (user is null)
        {
            await context.WriteProblemAsync(error!);
            return;
        }

        await SessionTokens.WriteAsync(context, await tokens.BeginAsync(context, user.Id));
    }

    private async Task RefreshAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.RefreshBody) is not { } body)
        {
            return;
        }

        var (item, result) = await tokens.RefreshAsync(body.RefreshToken);
        if (result.WasReused)
        {
            Log.Reused(logger, result.UserId!);
        }

        await (item is null ? context.WriteProblemAsync(AccountErrors.BadRefreshToken) : SessionTokens.WriteAsync(context, item));
    }

    private async Task LogoutAsync(HttpContext context)
    {
        if (context.GetCaller()!.SessionId is not { } session)
        {
            await context.WriteProblemAsync(AccountErrors.NoSession);
            return;
        }

        await sessions.EndAsync(context.AccountId(), session);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static bool IsFor(SpentToken? invitation, string email) => invitation is not null && (invitation.Email is null || invitation.Email == email);

    private static partial class Log
    {
        [LoggerMessage(6201, LogLevel.Information, "{User} has registered")]
        public static partial void Registered(ILogger logger, string user);

        [LoggerMessage(6202, LogLevel.Warning, "A refresh token of {User} came a second time: its session was ended, for one of the two who used it was not its owner")]
        public static partial void Reused(ILogger logger, string user);
    }
}
