namespace Sluice.Chaos.Gateway;

/// <summary>A ledger record as <c>GET /api/admin/usage/records</c> shows it.</summary>
/// <param name="Marker">The client's own request id; null where it sent none.</param>
/// <param name="Key">The key's name.</param>
/// <param name="Status">settled, recovered, estimated, failed or void.</param>
/// <param name="Input">Input tokens of all kinds.</param>
/// <param name="Output">Output tokens.</param>
/// <param name="CostNanoUsd">Null where unpriced.</param>
internal sealed record LedgerRecord(string? Marker, string Key, string Status, long Input, long Output, long? CostNanoUsd);

/// <summary>The whole ledger, and what the roll-ups say of it.</summary>
/// <param name="Records">Every record.</param>
/// <param name="RolledUpCalls">Calls in the summary.</param>
/// <param name="RolledUpNanoUsd">Cost in the summary.</param>
internal sealed record LedgerCopy(IReadOnlyList<LedgerRecord> Records, long RolledUpCalls, long RolledUpNanoUsd);
