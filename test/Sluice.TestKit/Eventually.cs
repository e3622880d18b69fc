namespace Sluice.TestKit;

/// <summary>Waits for a condition with a deadline; the only place of the test code that looks at the clock.</summary>
public static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a condition may take where a test says nothing: enough for a loaded two-core machine.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Waits until the condition holds; throws <see cref="TimeoutException"/> with <paramref name="what"/> when it does not.</summary>
    public static async Task HoldsAsync(string what, Func<bool> condition, TimeSpan? within = null)
        => await ValueAsync(what, () => Task.FromResult(condition() ? "yes" : null), within);

    /// <summary>Asks again until there is an answer that is not null.</summary>
    public static async Task<T> ValueAsync<T>(string what, Func<Task<T?>> ask, TimeSpan? within = null)
        where T : class
    {
        var deadline = DateTimeOffset.UtcNow + (within ?? Patience);
        while (true)
        {
            if (await ask() is { } value)
            {
                return value;
            }

            if (DateTimeOffset.UtcNow > deadline)
            {
                throw new TimeoutException($"Not within {within ?? Patience}: {what}");
            }

            await Task.Delay(Step);
        }
    }

    /// <summary>Awaits a task with a deadline that names what was awaited.</summary>
    public static async Task<T> WithinAsync<T>(this Task<T> task, string what, TimeSpan? within = null)
    {
        try
        {
            return await task.WaitAsync(within ?? Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {within ?? Patience}: {what}");
        }
    }

    /// <inheritdoc cref="WithinAsync{T}(Task{T}, string, TimeSpan?)"/>
    public static async Task WithinAsync(this Task task, string what, TimeSpan? within = null)
    {
        try
        {
            await task.WaitAsync(within ?? Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {within ?? Patience}: {what}");
        }
    }
}
