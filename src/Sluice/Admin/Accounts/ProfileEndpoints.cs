using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Auth.Accounts;

namespace Sluice.Admin.Accounts;

/// <summary>The own account: who am I, profile, sessions.</summary>
internal sealed class ProfileEndpoints(UserStore users, SessionStore sessions, PasswordSignIn signIn, PasswordThreads passwords, AccountMails mails)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/auth");
        group.WithTags("Accounts");
        group.MapOperation("GET", "/me", "Show who calls", MeAsync).Answers<MeItem>().WithAccess(Access.Caller);
        group.MapOperation("GET", "/profile", "Show the own profile", GetAsync).Answers<ProfileItem>().WithAccess(Access.Account);
        group.MapOperation("PUT", "/profile", "Change the own profile", ChangeAsync).Takes<ChangeProfileBody>().Answers<ProfileItem>().WithAccess(Access.Account);
        group.MapOperation("GET", "/sessions", "List the own sessions, newest first", ListSessionsAsync)
            .Takes(OperationMetadata.Paging).Answers<Page<SessionItem>>().WithAccess(Access.Account);
        group.MapOperation("DELETE", "/sessions/{id}", "End a session", EndSessionAsync).Answers(StatusCodes.Status204NoContent).WithAccess(Access.Account);
    }

    internal static MeItem Me(UserRecord user) => new(user.Id, user.Email, user.Name, user.Role.Spelled(), user.Tier);

    private Task MeAsync(HttpContext context)
    {
        var caller = context.GetCaller()!;
        var item = caller.AccountId is { } id && users.Find(id) is { } user
            ? Me(user)
            : new MeItem(caller.KeyId, null, caller.KeyName, caller.Role.Spelled(), null);
        return context.WriteJsonAsync(item, AccountJson.Default.MeItem);
    }

    private async Task GetAsync(HttpContext context)
    {
        if (users.Find(context.AccountId()) is not { } user)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
            return;
        }

        await context.WriteJsonAsync(
            new ProfileItem
            {
                Id = user.Id,
                Email = user.Email,
                Name = user.Name,
                Role = user.Role.Spelled(),
                Tier = user.Tier,
                Team = user.Team.Length > 0 ? user.Team : null,
                EmailVerified = user.EmailVerified,
                HasPassword = user.PasswordHash is not null,
                CreatedAt = user.CreatedAt,
            },
            AccountJson.Default.ProfileItem);
    }

    private async Task ChangeAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.ChangeProfileBody) is not { } body || users.Find(context.AccountId()) is not { } user)
        {
            return;
        }

        var check = new BodyCheck();
        var name = body.Name is null ? null : check.Name("name", body.Name);
        var email = body.Email is null ? null : check.Email("email", body.Email);
        if (body.Password is not null)
        {
            check.Password("password", body.Password);
        }

        if (await context.IsRefusedAsync(check) || await IsNotOwnerAsync(context, user, body, email))
        {
            return;
        }

        string? hash = null;
        if (body.Password is not null)
        {
            if (passwords.TryHash(body.Password) is not { } hashing)
            {
                await context.WriteProblemAsync(PasswordSignIn.Busy);
                return;
            }

            hash = await hashing;
        }

        var isMoved = email is not null && email != user.Email;
        var changed = await users.ChangeAsync(
            user.Id,
            row => row with
            {
                Name = name ?? row.Name,
                Email = email ?? row.Email,
                EmailVerified = row.EmailVerified && !isMoved,
                PasswordHash = hash ?? row.PasswordHash,
            },
            connection =>
            {
                if (hash is not null)
                {
                    sessions.EndAll(connection, user.Id, except: context.GetCaller()!.SessionId);
                }
            });
        if (changed is null)
        {
            await context.WriteProblemAsync(AccountErrors.EmailTaken);
            return;
        }

        if (isMoved && mails.IsOn)
        {
            await mails.SendVerificationAsync(changed);
        }

        await GetAsync(context);
    }

    /// <summary>Address and password decide who can sign in: whoever has found an open session must not change them.</summary>
    private async Task<bool> IsNotOwnerAsync(HttpContext context, UserRecord user, ChangeProfileBody body, string? email)
    {
        if (user.PasswordHash is null || (body.Password is null && (email is null || email == user.Email)))
        {
            return false;
        }

        var (_, error) = await signIn.CheckAsync(user.Email, body.CurrentPassword, context.Connection.RemoteIpAddress);
        if (error is null)
        {
            return false;
        }

        await context.WriteProblemAsync(error == PasswordSignIn.WrongCredentials ? AccountErrors.WrongPassword : error);
        return true;
    }

    private Task ListSessionsAsync(HttpContext context) => context.WritePageAsync(
        sessions.List(context.AccountId()).ConvertAll(session => new SessionItem
        {
            Id = session.Id,
            UserAgent = session.UserAgent,
            Address = session.Address,
            Current = session.Id == context.GetCaller()!.SessionId,
            CreatedAt = session.CreatedAt,
            UsedAt = session.UsedAt,
            ExpiresAt = session.ExpiresAt,
            Position = session.Position,
        }),
        AccountJson.Default.PageSessionItem);

    private async Task EndSessionAsync(HttpContext context)
    {
        if (await sessions.EndAsync(context.AccountId(), context.Id()))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }
    }
}
