namespace Sluice.Usage;

/// <summary>Takes the account of ended calls. Bounded: when the store falls behind, writers wait instead of losing records.</summary>
internal interface IUsageSink
{
    /// <summary>Hands a record over without waiting; false when the queue is full, and the caller then awaits <see cref="WriteAsync"/>.</summary>
    bool TryWrite(UsageRecord record);

    /// <summary>Hands a record over, waiting for room.</summary>
    ValueTask WriteAsync(UsageRecord record, CancellationToken cancellationToken);
}
