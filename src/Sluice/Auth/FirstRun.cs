using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth;

/// <summary>What the start-up banner shows.</summary>
/// <param name="IsNew">True on the very first start with this data folder.</param>
/// <param name="SetupToken">The one-time token of <c>/setup?token=…</c>; null when there is an administrator.</param>
/// <param name="QuickstartKey">An ordinary API key for a first call, shown this once; null where keys are configured already.</param>
internal sealed record FirstRunResult(bool IsNew, string? SetupToken, string? QuickstartKey);

/// <summary>Gets a new service its first administrator and a first key to call with.</summary>
internal sealed class FirstRun(
    SqliteDatabase database, ApiKeyStore keys, ApiKeyOptions options, MasterKey masterKey, IConfigurationSource configuration, TimeProvider time)
{
    private const string TokenAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int TokenLength = 40;
    private const string DoneSetting = "first_run_at";

    /// <summary>A link in a log must not stay good for ever; every start without an administrator prints a new one.</summary>
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(24);

    /// <summary>Prepares what the banner shows; call it once, at start.</summary>
    public async Task<FirstRunResult> PrepareAsync(CancellationToken cancellationToken = default)
    {
        var hasAdministrator = !options.AdministratorKey.IsEmpty || keys.HasAdministrator();
        var token = hasAdministrator ? null : RandomNumberGenerator.GetString(TokenAlphabet, TokenLength);
        var now = time.GetUtcNow();
        var isNew = await database.WriteAsync(connection =>
        {
            connection.Execute("DELETE FROM setup_tokens");
            if (token is not null)
            {
                connection.Execute(
                    "INSERT INTO setup_tokens (digest, expires_at) VALUES ($0, $1)", Digest(token), (now + TokenLifetime).UnixMicros());
            }

            return connection.Execute(
                "INSERT INTO settings (name, value) VALUES ($0, $1) ON CONFLICT (name) DO NOTHING", DoneSetting, now.UnixMicros()) == 1;
        });

        // Where an operator has set up keys, one more that nobody asked for would be a hole.
        var wantsKey = isNew && !hasAdministrator && configuration.Current.Config.Keys.Count == 0;
        var quickstart = wantsKey
            ? await keys.CreateAsync(new NewApiKey("quickstart", null, null, null, null, Administrator: false), cancellationToken)
            : null;
        return new FirstRunResult(isNew, token, quickstart?.Key);
    }

    /// <summary>Exchanges the setup token for an administrator's key; null when the token is unknown, used or expired, or there is an administrator.</summary>
    public Task<CreatedKey?> RedeemAsync(string token, string name, CancellationToken cancellationToken)
    {
        if (token.Length != TokenLength || !options.AdministratorKey.IsEmpty)
        {
            return Task.FromResult<CreatedKey?>(null);
        }

        return keys.CreateAsync(new NewApiKey(name, null, null, null, null, Administrator: true), connection => Use(connection, token), cancellationToken);
    }

    /// <summary>Inside the transaction that makes the key, so that of two who come at once one gets it.</summary>
    private bool Use(SqliteConnection connection, string token)
    {
        var now = time.GetUtcNow().UnixMicros();
        return !ApiKeyStore.HasAdministrator(connection, now)
            && connection.Execute(
                "UPDATE setup_tokens SET used_at = $1 WHERE digest = $0 AND used_at IS NULL AND expires_at > $1", Digest(token), now) == 1;
    }

    private byte[] Digest(string token) => KeyDigest.Compute(masterKey.Pepper, token).ToArray();
}
