using System.Text;
using Sluice.Journal;
using Sluice.Protocol.Canonical;

namespace Sluice.Usage;

/// <summary>
/// Reads the journal at the start: which calls were open when the process ended, and which outcomes the database may not
/// have. Records stay bytes until they are known to matter, because nearly none does.
/// </summary>
/// <param name="watermark">Outcomes up to this sequence number are in the database.</param>
internal sealed class LedgerReplay(long watermark)
{
    private readonly Dictionary<string, LoggedCall> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);
    private readonly Stack<LoggedCall> _spare = new();

    /// <summary>Records that were read.</summary>
    public long Records { get; private set; }

    /// <summary>Records of another version, or none of ours: left alone.</summary>
    public long Unreadable { get; private set; }

    /// <summary>The outcomes above the watermark, in their order.</summary>
    public List<UsageRecord> Settled { get; } = [];

    /// <summary>Calls that have no outcome.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Takes the next record; to be handed to the journal as its visitor.</summary>
    public void Visit(JournalRecordType type, long sequence, ReadOnlySpan<byte> payload)
    {
        Records++;
        if (!LedgerCodec.TryReadRequestId(payload, out var utf8) || utf8.Length > PayloadWriter.LongestText * 3)
        {
            Unreadable++;
            return;
        }

        Span<char> text = stackalloc char[PayloadWriter.LongestText * 3];
        var requestId = text[..Encoding.UTF8.GetChars(utf8, text)];
        switch (type)
        {
            case JournalRecordType.Reserve or JournalRecordType.Checkpoint:
                Keep(requestId, type, sequence, payload);
                break;
            case JournalRecordType.Settle:
                Settle(requestId, sequence, payload);
                break;
            default:
                Unreadable++;
                break;
        }
    }

    /// <summary>The calls without an outcome, oldest first, with what is known of their use.</summary>
    public IEnumerable<(LedgerEntry Entry, TokenUsage Tokens)> Open()
    {
        foreach (var call in _open.Values.OrderBy(call => call.Sequence))
        {
            if (LedgerCodec.ReadOpen(call.Payload.AsSpan(0, call.Length), call.Type == JournalRecordType.Checkpoint) is var (entry, soFar))
            {
                entry.ReserveSequence = entry.LatestSequence = call.Sequence;
                yield return (entry, soFar ?? new TokenUsage(entry.EstimatedInputTokens, 0, 0, 0, 0, 0));
            }
            else
            {
                Unreadable++;
            }
        }
    }

    private void Keep(ReadOnlySpan<char> requestId, JournalRecordType type, long sequence, ReadOnlySpan<byte> payload)
    {
        var lookup = _open.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(requestId, out var call))
        {
            call = _spare.TryPop(out var spare) ? spare : new LoggedCall();
            lookup[requestId] = call;
        }

        call.Take(type, sequence, payload);
    }

    private void Settle(ReadOnlySpan<char> requestId, long sequence, ReadOnlySpan<byte> payload)
    {
        var isNews = sequence > watermark;
        if (isNews)
        {
            if (LedgerCodec.ReadSettle(payload) is not { } record)
            {
                // Without its outcome the call stays open, and is settled from what it had reserved.
                Unreadable++;
                return;
            }

            // A second one is of a call whose outcome the journal refused, and kept, before it took it.
            if (record.Correction is not null || _settled.Add(record.RequestId))
            {
                record.JournalSequence = sequence;
                Settled.Add(record);
            }
        }

        if (_open.GetAlternateLookup<ReadOnlySpan<char>>().Remove(requestId, out _, out var call))
        {
            _spare.Push(call);
        }
    }

    /// <summary>The last record of an open call, as bytes.</summary>
    private sealed class LoggedCall
    {
        public JournalRecordType Type { get; private set; }

        public long Sequence { get; private set; }

        public byte[] Payload { get; private set; } = [];

        public int Length { get; private set; }

        public void Take(JournalRecordType type, long sequence, ReadOnlySpan<byte> payload)
        {
            if (Payload.Length < payload.Length)
            {
                Payload = new byte[Math.Max(payload.Length, 512)];
            }

            payload.CopyTo(Payload);
            (Type, Sequence, Length) = (type, sequence, payload.Length);
        }
    }
}
