using Sluice.Limits.Budgets;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIRealtime;
using Sluice.Usage;

namespace Sluice.Realtime;

/// <summary>A response that the vendor is making: its reservation, and what of it has passed.</summary>
/// <param name="id">The vendor's id; empty where it gave none.</param>
/// <param name="entry">Its place in the ledger.</param>
/// <param name="hold">What it holds of budgets; null where it is under none.</param>
/// <param name="startedAt">A time stamp.</param>
internal sealed class RunningResponse(string id, LedgerEntry entry, BudgetHold? hold, long startedAt)
{
    private const int BytesPerToken = 4;

    /// <summary>Base64 of 50 ms of PCM at 24 kHz, which OpenAI counts as one token of a model's audio.</summary>
    private const int AudioCharactersPerToken = 3_200;

    private long _textBytes;
    private long _audioCharacters;

    public string Id => id;

    public LedgerEntry Entry => entry;

    public BudgetHold? Hold => hold;

    public long StartedAt => startedAt;

    /// <summary>When its first piece passed, as a time stamp; 0 before.</summary>
    public long FirstPieceAt { get; private set; }

    /// <summary>Counts a piece, for the case that the vendor never says what was used.</summary>
    public void Count(in RealtimeEvent piece, long now)
    {
        FirstPieceAt = FirstPieceAt == 0 ? now : FirstPieceAt;
        if (piece.Kind == RealtimeEventKind.AudioDelta)
        {
            _audioCharacters += piece.Delta.Length;
        }
        else
        {
            _textBytes += piece.Delta.Length;
        }
    }

    /// <summary>What was used as far as can be told from outside, at least one token each way.</summary>
    public TokenUsage Estimate()
    {
        var audio = _audioCharacters / AudioCharactersPerToken;
        var text = Math.Max(audio == 0 ? 1 : 0, _textBytes / BytesPerToken);
        return new TokenUsage(entry.EstimatedInputTokens, 0, 0, 0, text, 0) { AudioOutput = audio };
    }
}
