using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Audit;

/// <summary>A row of <c>audit_log</c>: who changed what.</summary>
internal sealed record AuditEntry
{
    public const string Columns = "id, at, actor, actor_name, action, target, status, before_change, after_change, address, request_id, hash";

    /// <summary>Counts from 1 without gaps.</summary>
    public long Id { get; init; }

    /// <summary>Microseconds since the Unix epoch.</summary>
    public long At { get; init; }

    /// <summary>The id of the user or key.</summary>
    public required string Actor { get; init; }

    public required string ActorName { get; init; }

    /// <summary>Method and route, such as <c>PUT /api/admin/users/{id}/role</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The id that was changed; empty where there was none yet.</summary>
    public required string Target { get; init; }

    public int Status { get; init; }

    /// <summary>As JSON, without secrets; null where there was nothing.</summary>
    public string? Before { get; init; }

    public string? After { get; init; }
    public required string Address { get; init; }
    public required string RequestId { get; init; }
    public byte[] Hash { get; init; } = [];

    public static AuditEntry Read(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0),
        At = row.GetInt64(1),
        Actor = row.GetString(2),
        ActorName = row.GetString(3),
        Action = row.GetString(4),
        Target = row.GetString(5),
        Status = row.GetInt32(6),
        Before = row.Text(7),
        After = row.Text(8),
        Address = row.GetString(9),
        RequestId = row.GetString(10),
        Hash = row.GetFieldValue<byte[]>(11),
    };

    /// <summary>The hash over this entry and the one before it: nothing can be changed or taken out without changing all that follow.</summary>
    public byte[] Chain(ReadOnlySpan<byte> previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var value in (ReadOnlySpan<long>)[Id, At, Status])
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            hash.AppendData(number);
        }

        foreach (var text in (ReadOnlySpan<string?>)[Actor, ActorName, Action, Target, Before, After, Address, RequestId])
        {
            // With its length, so that no text can pass into its neighbour; -1 tells nothing from empty.
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            BinaryPrimitives.WriteInt64LittleEndian(number, text is null ? -1 : bytes.Length);
            hash.AppendData(number);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
