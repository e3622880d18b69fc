using Microsoft.Data.Sqlite;
using Sluice.Auth.Accounts;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.SignIn;

/// <summary>Why somebody who has signed in elsewhere gets no session here.</summary>
internal enum ExternalRefusal
{
    None,

    /// <summary>There is no account yet, and nobody may make one.</summary>
    RegistrationClosed,

    /// <summary>An account of that address exists, and the provider does not vouch for the address.</summary>
    AddressTaken,

    /// <summary>The provider tells no address, without which there is no account.</summary>
    NoAddress,

    /// <summary>The identity belongs to another account.</summary>
    Linked,

    /// <summary>The account is disabled.</summary>
    Disabled,
}

/// <summary>Brings identities elsewhere together with accounts here.</summary>
internal sealed class ExternalAccounts(
    SqliteDatabase database, UserStore users, SessionStore sessions, ApiKeyStore keys, AccountDirectory directory,
    IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>The user of an identity, found, joined, linked or made; or why there is none.</summary>
    public async Task<(string? UserId, ExternalRefusal Refusal)> ResolveAsync(string provider, ExternalIdentity identity, string? linkTo)
    {
        var isOpen = configuration.Current.Config.Auth.Registration == "open";
        var result = await database.WriteAsync(connection => Resolve(connection, provider, identity, linkTo, isOpen));
        directory.Refresh();
        keys.NoteChange();
        return result;
    }

    private (string? UserId, ExternalRefusal Refusal) Resolve(SqliteConnection connection, string provider, ExternalIdentity identity, string? linkTo, bool isOpen)
    {
        if (connection.Scalar<string>("SELECT user_id FROM user_identities WHERE provider = $0 AND subject = $1", provider, identity.Subject) is { } known)
        {
            return linkTo is not null && linkTo != known ? (null, ExternalRefusal.Linked) : IfActive(connection, known);
        }

        if (linkTo is not null)
        {
            Link(connection, provider, identity, linkTo);
            return IfActive(connection, linkTo);
        }

        if (EmailAddress.Normalise(identity.Email) is not { } email)
        {
            return (null, ExternalRefusal.NoAddress);
        }

        var owner = connection.Rows($"SELECT {UserRecord.Columns} FROM users WHERE email = $0", UserRecord.Read, email).SingleOrDefault();
        if (owner is not null)
        {
            return Join(connection, provider, identity, owner);
        }

        if (!isOpen)
        {
            return (null, ExternalRefusal.RegistrationClosed);
        }

        var name = new string([.. identity.Name.Where(c => !char.IsControl(c)).Take(100)]).Trim();
        var user = new UserRecord { Id = RandomId.Create("usr_"), Email = email, Name = name.Length > 0 ? name : email, EmailVerified = identity.EmailVerified };
        users.Insert(connection, user);
        Link(connection, provider, identity, user.Id);
        return (user.Id, ExternalRefusal.None);
    }

    /// <summary>
    /// An address that the provider does not vouch for joins nothing. One that it does vouch for joins its account; where nobody had
    /// shown before that the address is theirs, whoever made the account in advance loses password, sessions and keys.
    /// </summary>
    private (string? UserId, ExternalRefusal Refusal) Join(SqliteConnection connection, string provider, ExternalIdentity identity, UserRecord owner)
    {
        if (!identity.EmailVerified)
        {
            return (null, ExternalRefusal.AddressTaken);
        }

        if (!owner.EmailVerified)
        {
            var now = time.GetUtcNow().UnixMicros();
            connection.Execute(
                "UPDATE users SET email_verified = 1, password_hash = NULL, updated_at = $1, version = $2 WHERE id = $0", owner.Id, now, AccountVersion.Next(connection));
            connection.Execute("DELETE FROM user_identities WHERE user_id = $0", owner.Id);
            sessions.EndAll(connection, owner.Id);
            ApiKeyStore.RevokeAll(connection, owner.Id, now);
        }

        Link(connection, provider, identity, owner.Id);
        return owner.IsActive ? (owner.Id, ExternalRefusal.None) : (null, ExternalRefusal.Disabled);
    }

    private static (string? UserId, ExternalRefusal Refusal) IfActive(SqliteConnection connection, string userId)
        => connection.Scalar<long>("SELECT EXISTS (SELECT 1 FROM users WHERE id = $0 AND disabled_at IS NULL)", userId) == 1
            ? (userId, ExternalRefusal.None)
            : (null, ExternalRefusal.Disabled);

    private void Link(SqliteConnection connection, string provider, ExternalIdentity identity, string userId)
        => connection.Execute(
            "INSERT INTO user_identities (provider, subject, user_id, created_at) VALUES ($0, $1, $2, $3)",
            provider, identity.Subject, userId, time.GetUtcNow().UnixMicros());
}
