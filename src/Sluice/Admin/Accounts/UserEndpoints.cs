using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Auth.Accounts;
using Sluice.Storage;

namespace Sluice.Admin.Accounts;

/// <summary><c>/api/admin/users</c>: accounts as administrators manage them. Roles and disabling hold from the answer on.</summary>
internal sealed class UserEndpoints(
    UserStore users, SessionStore sessions, PasswordThreads passwords, AccountTokenStore tokens, ApiKeyStore keys, OwnKeyEndpoints ownKeys, TimeProvider time)
{
    private const int DefaultInviteSeconds = 7 * 24 * 3600;
    private const int LongestInviteSeconds = 90 * 24 * 3600;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/users", "Users", operatorsRead: false);
        group.MapOperation("GET", "", "List the users, newest first", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<UserItem>>();
        group.MapOperation("POST", "", "Make an account, with a password or a hash of another system", CreateAsync)
            .Takes<CreateUserBody>().Answers<UserItem>(StatusCodes.Status201Created);
        group.MapOperation("POST", "/invites", "Make an invitation; its token is shown this once", InviteAsync)
            .Takes<InviteBody>().Answers<InviteItem>(StatusCodes.Status201Created);
        group.MapOperation("GET", "/{id}", "Show a user", GetAsync).Answers<UserItem>();
        group.MapOperation("PUT", "/{id}/role", "Change a user's role", RoleAsync).Takes<RoleBody>().Answers<UserItem>();
        group.MapOperation("PUT", "/{id}/tier", "Change a user's tier", TierAsync).Takes<TierBody>().Answers<UserItem>();
        group.MapOperation("PUT", "/{id}/team", "Change a user's team", TeamAsync).Takes<TeamBody>().Answers<UserItem>();
        group.MapOperation("PUT", "/{id}/quota", "Change a user's daily quota", QuotaAsync).Takes<QuotaBody>().Answers<UserItem>();
        group.MapOperation("POST", "/{id}/disable", "Let nothing of a user work any more, and end the sessions", DisableAsync).Answers<UserItem>();
        group.MapOperation("POST", "/{id}/enable", "Let a user sign in and the API keys work again", EnableAsync).Answers<UserItem>();
        group.MapOperation("GET", "/{id}/api-keys", "List a user's live API keys, newest first", ListKeysAsync)
            .Takes(OperationMetadata.Paging).Answers<Page<ApiKeyItem>>();
        group.MapOperation("POST", "/{id}/api-keys", "Make an API key for a user; its text is shown this once", CreateKeyAsync)
            .Takes<CreateOwnKeyBody>().Answers<CreatedApiKeyItem>(StatusCodes.Status201Created);
        group.MapOperation("DELETE", "/{id}/sessions", "End every session of a user", EndSessionsAsync).Answers(StatusCodes.Status204NoContent);
    }

    private Task ListAsync(HttpContext context)
    {
        var query = new Query(context.Request);
        var (before, limit) = (query.CursorPosition(), query.Limit());
        return query.Error is { } error
            ? context.WriteProblemAsync(error, query.Errors)
            : context.WriteJsonAsync(Page<UserItem>.From(users.List(before, limit + 1).ConvertAll(Item), limit), AccountJson.Default.PageUserItem);
    }

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.CreateUserBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var email = check.Email("email", body.Email);
        var user = new UserRecord
        {
            Id = RandomId.Create("usr_"),
            Email = email,
            Name = check.Name("name", body.Name ?? email.Split('@')[0]),
            Role = Roles.Parse(check.OneOf("role", body.Role ?? "user", Roles.Names)),
            Tier = check.Label("tier", body.Tier ?? UserRecord.DefaultTier),
            Team = string.IsNullOrEmpty(body.Team) ? "" : check.Name("team", body.Team),
            PasswordHash = body.PasswordHash,

            // An administrator vouches for it.
            EmailVerified = true,
        };
        if (body.PasswordHash is null)
        {
            check.Password("password", body.Password);
        }
        else if (body.Password is not null || !PasswordHash.IsKnown(body.PasswordHash))
        {
            check.Refuse("password_hash", "must be a bcrypt hash of cost 4 to 14 that begins with $2a$, $2b$ or $2y$, and stands without a password");
        }

        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        if (user.PasswordHash is null)
        {
            if (passwords.TryHash(body.Password!) is not { } hashing)
            {
                await context.WriteProblemAsync(PasswordSignIn.Busy);
                return;
            }

            user = user with { PasswordHash = await hashing };
        }

        await (await users.AddAsync(user)
            ? context.WriteJsonAsync(Item(users.Find(user.Id)!), AccountJson.Default.UserItem, StatusCodes.Status201Created)
            : context.WriteProblemAsync(AccountErrors.EmailTaken));
    }

    private async Task InviteAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.InviteBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var email = body.Email is null ? null : check.Email("email", body.Email);
        if (body.ExpiresInSeconds is < 1 or > LongestInviteSeconds)
        {
            check.Refuse("expires_in_seconds", $"must be from 1 to {LongestInviteSeconds}");
        }

        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var lifetime = TimeSpan.FromSeconds(body.ExpiresInSeconds ?? DefaultInviteSeconds);
        var end = time.GetUtcNow() + lifetime;
        var token = await tokens.CreateAsync(TokenPurpose.Invite, null, email, lifetime);
        await context.WriteJsonAsync(new InviteItem(token, email, end), AccountJson.Default.InviteItem, StatusCodes.Status201Created);
    }

    private Task GetAsync(HttpContext context)
        => users.Find(context.Id()) is { } user
            ? context.WriteJsonAsync(Item(user), AccountJson.Default.UserItem)
            : context.WriteProblemAsync(AdminErrors.NotFound);

    private async Task RoleAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.RoleBody) is { } body)
        {
            var check = new BodyCheck();
            var role = check.OneOf("role", body.Role, Roles.Names);
            await ChangeAsync(context, check, user => user with { Role = Roles.Parse(role) });
        }
    }

    private async Task TierAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.TierBody) is { } body)
        {
            var check = new BodyCheck();
            var tier = check.Label("tier", body.Tier);
            await ChangeAsync(context, check, user => user with { Tier = tier });
        }
    }

    private async Task TeamAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.TeamBody) is { } body)
        {
            var check = new BodyCheck();
            var team = string.IsNullOrEmpty(body.Team) ? "" : check.Name("team", body.Team);
            await ChangeAsync(context, check, user => user with { Team = team });
        }
    }

    private async Task QuotaAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.QuotaBody) is { } body)
        {
            var check = new BodyCheck();
            if (body.DailyLimit < 0)
            {
                check.Refuse("daily_limit", "must not be negative");
            }

            await ChangeAsync(context, check, user => user with { DailyLimit = body.DailyLimit });
        }
    }

    private Task DisableAsync(HttpContext context) => ChangeAsync(
        context, new BodyCheck(), user => user with { DisabledAt = user.DisabledAt ?? time.GetUtcNow() }, isDisabling: true);

    private Task EnableAsync(HttpContext context) => ChangeAsync(context, new BodyCheck(), user => user with { DisabledAt = null });

    private async Task ChangeAsync(HttpContext context, BodyCheck check, Func<UserRecord, UserRecord> change, bool isDisabling = false)
    {
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var id = context.Id();
        await users.ChangeAsync(id, change, connection =>
        {
            if (isDisabling)
            {
                sessions.EndAll(connection, id);
            }
        });
        await GetAsync(context);
    }

    private async Task ListKeysAsync(HttpContext context)
    {
        if (await IsKnownAsync(context))
        {
            await context.WritePageAsync(keys.ListOf(context.Id()).ConvertAll(ApiKeyEndpoints.Item), AccountJson.Default.PageApiKeyItem);
        }
    }

    private async Task CreateKeyAsync(HttpContext context)
    {
        if (await IsKnownAsync(context))
        {
            await ownKeys.CreateAsync(context, context.Id());
        }
    }

    private async Task EndSessionsAsync(HttpContext context)
    {
        if (await users.ChangeAsync(context.Id(), user => user, connection => sessions.EndAll(connection, context.Id())) is null)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<bool> IsKnownAsync(HttpContext context)
    {
        var isKnown = users.Find(context.Id()) is not null;
        if (!isKnown)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }

        return isKnown;
    }

    private static UserItem Item(UserRecord user) => new()
    {
        Id = user.Id,
        Email = user.Email,
        Name = user.Name,
        Role = user.Role.Spelled(),
        Tier = user.Tier,
        Team = user.Team.Length > 0 ? user.Team : null,
        DailyLimit = user.DailyLimit,
        EmailVerified = user.EmailVerified,
        HasPassword = user.PasswordHash is not null,
        Disabled = !user.IsActive,
        CreatedAt = user.CreatedAt,
        UpdatedAt = user.UpdatedAt,
        Position = user.Position,
    };
}
