using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Storage;

namespace Sluice.Auth.Google;

/// <summary>What an account may do. Null models mean all, null limits, budget and credentials none.</summary>
internal sealed record NewVirtualServiceAccount(
    string Name, IReadOnlyList<string>? Models, LimitsConfig? Limits, BudgetConfig? Budget, IReadOnlyList<BoundCredential>? Credentials, DateTimeOffset? ExpiresAt);

/// <summary>What an account proves itself with.</summary>
/// <param name="Id">The <c>kid</c> of a public key: 40 hexadecimal digits, as Google's.</param>
/// <param name="Number">Counts an account's keys; tokens carry it, so that they end with their key.</param>
/// <param name="IsSecret">True for a client secret.</param>
/// <param name="Material">The public key (SubjectPublicKeyInfo), or the secret's digest.</param>
/// <param name="Certificate">The public key's self-signed certificate; null for a secret.</param>
/// <param name="TokenUri">What its key file names: the audience of its assertions.</param>
/// <param name="EndsAt">When it ends; null for never.</param>
internal sealed record VirtualKey(string Id, int Number, bool IsSecret, byte[] Material, byte[]? Certificate, string TokenUri, DateTimeOffset? EndsAt)
{
    public const string Columns = "id, number, is_secret, material, certificate, token_uri, ends_at";

    public bool IsLive(DateTimeOffset now) => EndsAt is not { } end || now < end;

    public static VirtualKey Read(SqliteDataReader row) => new(
        row.GetString(0), row.GetInt32(1), row.GetBoolean(2), row.GetFieldValue<byte[]>(3), row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4), row.GetString(5),
        row.Integer(6) is { } end ? Clock.FromUnixMicros(end) : null);
}

/// <summary>A row of <c>virtual_service_accounts</c> with its keys.</summary>
internal sealed record VirtualServiceAccount
{
    public const string Columns =
        "position, id, name, email, client_id, project_id, models, rpm, tpm, concurrency, budget_nano_usd, budget_per, credentials, created_at, expires_at, disabled_at, deleted_at, version";

    private const decimal NanoPerUsd = 1_000_000_000m;

    public required long Position { get; init; }
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The <c>iss</c> of its assertions.</summary>
    public required string Email { get; init; }

    /// <summary>21 digits, as Google's.</summary>
    public required string ClientId { get; init; }

    /// <summary>What its key file names; no project of anybody's.</summary>
    public required string ProjectId { get; init; }

    public required string ModelsJson { get; init; }
    public required LimitsConfig Limits { get; init; }
    public BudgetConfig? Budget { get; init; }

    /// <summary>What its calls go out with; empty for any.</summary>
    public required IReadOnlyList<BoundCredential> Credentials { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? DisabledAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public long Version { get; init; }
    public IReadOnlyList<VirtualKey> Keys { get; init; } = [];

    public IReadOnlyList<string> Models => StoredKey.ParseList(ModelsJson);

    /// <summary>True while it may get tokens and call.</summary>
    public bool IsEnabled(DateTimeOffset now) => DisabledAt is null && DeletedAt is null && (ExpiresAt is not { } end || now < end);

    public static VirtualServiceAccount Read(SqliteDataReader row) => new()
    {
        Position = row.GetInt64(0),
        Id = row.GetString(1),
        Name = row.GetString(2),
        Email = row.GetString(3),
        ClientId = row.GetString(4),
        ProjectId = row.GetString(5),
        ModelsJson = row.GetString(6),
        Limits = new LimitsConfig { Rpm = row.Integer(7), Tpm = row.Integer(8), Concurrency = row.Integer(9) },
        Budget = row.Integer(10) is { } nano ? new BudgetConfig { Usd = nano / NanoPerUsd, Per = row.Text(11) ?? "total" } : null,
        Credentials = JsonSerializer.Deserialize(row.GetString(12), GoogleJson.Default.BoundCredentialArray) ?? [],
        CreatedAt = Clock.FromUnixMicros(row.GetInt64(13)),
        ExpiresAt = Time(row, 14),
        DisabledAt = Time(row, 15),
        DeletedAt = Time(row, 16),
        Version = row.GetInt64(17),
    };

    private static DateTimeOffset? Time(SqliteDataReader row, int column) => row.Integer(column) is { } micros ? Clock.FromUnixMicros(micros) : null;
}
