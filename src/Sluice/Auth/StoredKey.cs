using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Auth;

/// <summary>A row of <c>api_keys</c>.</summary>
internal sealed record StoredKey
{
    public const string Columns =
        "position, id, name, prefix, digest, models, rpm, tpm, concurrency, budget_nano_usd, budget_per, administrator, created_at, expires_at, revoked_at, last_used_at, version, "
        + "mcp, user_id, scopes, previous_digest, previous_until";

    private const decimal NanoPerUsd = 1_000_000_000m;

    private static readonly string[] DefaultScopes = ["inference"];

    public required long Position { get; init; }
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Prefix { get; init; }
    public required KeyDigest Digest { get; init; }

    /// <summary>The allowed models as the JSON text of the row, so that equal lists can share one parsed form.</summary>
    public required string ModelsJson { get; init; }

    /// <summary>The allowed tools of MCP servers, as the JSON text of the row.</summary>
    public required string McpJson { get; init; }

    public required LimitsConfig Limits { get; init; }
    public BudgetConfig? Budget { get; init; }
    public bool Administrator { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }
    public long Version { get; init; }

    /// <summary>The account that the key belongs to; null for none.</summary>
    public string? UserId { get; init; }

    /// <summary>The scopes by name.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = DefaultScopes;

    /// <summary>The text before the last rotation, which holds until <see cref="PreviousUntil"/>.</summary>
    public KeyDigest? PreviousDigest { get; init; }

    public DateTimeOffset? PreviousUntil { get; init; }

    public IReadOnlyList<string> Models => ParseList(ModelsJson);

    public IReadOnlyList<string> Mcp => ParseList(McpJson);

    public static StoredKey Read(SqliteDataReader row) => new()
    {
        Position = row.GetInt64(0),
        Id = row.GetString(1),
        Name = row.GetString(2),
        Prefix = row.GetString(3),
        Digest = KeyDigest.FromBytes(row.GetFieldValue<byte[]>(4)),
        ModelsJson = row.GetString(5),
        Limits = new LimitsConfig { Rpm = row.Integer(6), Tpm = row.Integer(7), Concurrency = row.Integer(8) },
        Budget = row.Integer(9) is { } nano ? new BudgetConfig { Usd = nano / NanoPerUsd, Per = row.Text(10) ?? "total" } : null,
        Administrator = row.GetBoolean(11),
        CreatedAt = Clock.FromUnixMicros(row.GetInt64(12)),
        ExpiresAt = Time(row, 13),
        RevokedAt = Time(row, 14),
        LastUsedAt = Time(row, 15),
        Version = row.GetInt64(16),
        McpJson = row.GetString(17),
        UserId = row.Text(18),
        Scopes = row.Text(19)?.Split(' ') ?? DefaultScopes,
        PreviousDigest = row.IsDBNull(20) ? null : KeyDigest.FromBytes(row.GetFieldValue<byte[]>(20)),
        PreviousUntil = Time(row, 21),
    };

    public static string ModelsToJson(IReadOnlyList<string>? models) => ListToJson(models ?? ["*"]);

    public static string ListToJson(IReadOnlyList<string> list) => JsonSerializer.Serialize([.. list], AuthJson.Default.StringArray);

    public static string[] ParseList(string json) => JsonSerializer.Deserialize(json, AuthJson.Default.StringArray) ?? [];

    public static long? ToNano(BudgetConfig? budget) => budget is null ? null : (long)decimal.Round(budget.Usd * NanoPerUsd);

    public ApiKeyView ToView()
        => new(Id, Name, Prefix, Models, Limits, Budget, CreatedAt, ExpiresAt, LastUsedAt, RevokedAt is not null, Administrator) { Mcp = Mcp };

    private static DateTimeOffset? Time(SqliteDataReader row, int column)
        => row.Integer(column) is { } micros ? Clock.FromUnixMicros(micros) : null;
}
