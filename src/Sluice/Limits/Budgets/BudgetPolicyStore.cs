using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Limits.Budgets;

/// <summary>A budget that an administrator made through the API.</summary>
internal sealed record StoredBudget(long Position, string Id, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, SharedBudgetConfig Config);

/// <summary>The budgets of the database, kept in memory; the file's stand beside them.</summary>
internal sealed class BudgetPolicyStore : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private volatile IReadOnlyList<StoredBudget> _rows;

    public BudgetPolicyStore(SqliteDatabase database, TimeProvider time)
    {
        (_database, _time) = (database, time);
        _rows = Load();
        database.ForeignChange += ReadIfChanged;
    }

    /// <summary>Raised after a change, before the call returns to whoever asked for it.</summary>
    public event Action? Changed;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<StoredBudget> Rows => _rows;

    /// <summary>Adds a budget; false when its name is taken.</summary>
    public async Task<bool> InsertAsync(string id, SharedBudgetConfig config)
    {
        var now = _time.GetUtcNow().UnixMicros();
        var done = await _database.WriteAsync(connection => connection.Execute(
            "INSERT INTO budget_policies (id, name, settings, created_at, updated_at) VALUES ($0, $1, $2, $3, $3) ON CONFLICT (name) DO NOTHING",
            id, config.Name, Json(config), now) == 1);
        Read();
        return done;
    }

    /// <summary>Replaces a budget's settings, its name apart; false when there is none of that id.</summary>
    public async Task<bool> UpdateAsync(string id, SharedBudgetConfig config)
    {
        var now = _time.GetUtcNow().UnixMicros();
        var done = await _database.WriteAsync(connection => connection.Execute(
            "UPDATE budget_policies SET settings = $1, updated_at = $2 WHERE id = $0", id, Json(config), now) == 1);
        Read();
        return done;
    }

    /// <summary>Takes a budget out of force; what was counted stays. False when there is none of that id.</summary>
    public async Task<bool> DeleteAsync(string id)
    {
        var done = await _database.WriteAsync(connection => connection.Execute("DELETE FROM budget_policies WHERE id = $0", id) == 1);
        Read();
        return done;
    }

    public void Dispose() => _database.ForeignChange -= ReadIfChanged;

    private static string Json(SharedBudgetConfig config) => JsonSerializer.Serialize(config, BudgetJson.Default.SharedBudgetConfig);

    private void Read()
    {
        _rows = Load();
        Changed?.Invoke();
    }

    /// <summary>Other processes write all the time, and hardly ever a budget.</summary>
    private void ReadIfChanged()
    {
        if (!Load().Select(Version).SequenceEqual(_rows.Select(Version)))
        {
            Read();
        }

        static (string Id, DateTimeOffset UpdatedAt) Version(StoredBudget row) => (row.Id, row.UpdatedAt);
    }

    private List<StoredBudget> Load()
    {
        using var read = _database.Read();
        return read.Connection.Rows("SELECT position, id, settings, created_at, updated_at FROM budget_policies ORDER BY position DESC", ReadRow);
    }

    private static StoredBudget ReadRow(SqliteDataReader row)
    {
        var config = JsonSerializer.Deserialize(row.GetString(2), BudgetJson.Default.SharedBudgetConfig)!;
        return new StoredBudget(row.GetInt64(0), row.GetString(1), Clock.FromUnixMicros(row.GetInt64(3)), Clock.FromUnixMicros(row.GetInt64(4)), config with { Origin = ConfigOrigin.Database });
    }
}

/// <summary>How settings stand in the database.</summary>
[JsonSerializable(typeof(SharedBudgetConfig))]
internal sealed partial class BudgetJson : JsonSerializerContext;
