namespace Sluice.Routing;

/// <summary>How a target has answered lately: moving averages with a weight of one tenth for the newest call.</summary>
internal sealed class TargetSpeed
{
    private const double Newest = 0.1;

    private double _firstTokenMicros;
    private double _success = 1;

    /// <summary>Microseconds to the first byte; 0 before the first call.</summary>
    public double FirstTokenMicros => Volatile.Read(ref _firstTokenMicros);

    /// <summary>The share of calls that gave an answer, from 0 to 1.</summary>
    public double Success => Volatile.Read(ref _success);

    // Races lose one sample of an average, which is cheaper than a lock on every call.
    public void NoteSuccess(long firstTokenMicros)
    {
        var before = FirstTokenMicros;
        Volatile.Write(ref _firstTokenMicros, before == 0 ? firstTokenMicros : before + ((firstTokenMicros - before) * Newest));
        Volatile.Write(ref _success, Success + ((1 - Success) * Newest));
    }

    public void NoteFailure() => Volatile.Write(ref _success, Success * (1 - Newest));
}
