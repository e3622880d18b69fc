using System.Net;
using System.Net.Sockets;

namespace Sluice.Providers.Transport;

/// <summary>
/// Tries the addresses of a name so that one that does not answer costs a quarter of a second and not the whole deadline
/// (RFC 8305): the families take turns, each next address is tried when the one before has failed or has been silent for
/// <see cref="Stagger"/>, and the first connection wins.
/// </summary>
internal static class AddressRace
{
    /// <summary>The RFC's recommended delay between attempts.</summary>
    public static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    /// <summary>Returns the connection that was made first; null when every address has failed.</summary>
    /// <typeparam name="T">The connection; one that comes too late is disposed of.</typeparam>
    /// <param name="addresses">In the resolver's order.</param>
    /// <param name="connect">Connects to one address; null when it refuses.</param>
    /// <param name="time">Measures the delay.</param>
    /// <param name="cancellationToken">Ends all attempts; then this throws.</param>
    public static async ValueTask<T?> RunAsync<T>(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T?>> connect, TimeProvider time, CancellationToken cancellationToken)
        where T : class, IDisposable
    {
        if (addresses.Count == 1)
        {
            return await connect(addresses[0], cancellationToken).ConfigureAwait(false);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<T?>>();
        try
        {
            foreach (var address in TakingTurns(addresses))
            {
                running.Add(connect(address, ended.Token));
                if (await FirstOfAsync(running, Task.Delay(Stagger, time, ended.Token)).ConfigureAwait(false) is { } early)
                {
                    return early;
                }
            }

            while (running.Count > 0)
            {
                if (await FirstOfAsync(running, null).ConfigureAwait(false) is { } late)
                {
                    return late;
                }
            }

            return null;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            running.ForEach(loser => _ = DisposeOfAsync(loser));
        }
    }

    /// <summary>The addresses with their families taking turns, beginning with the family that the resolver prefers.</summary>
    internal static IEnumerable<IPAddress> TakingTurns(IReadOnlyList<IPAddress> addresses)
    {
        var preferred = addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily).ToList();
        var others = addresses.Except(preferred).ToList();
        for (var i = 0; i < Math.Max(preferred.Count, others.Count); i++)
        {
            if (i < preferred.Count)
            {
                yield return preferred[i];
            }

            if (i < others.Count)
            {
                yield return others[i];
            }
        }
    }

    /// <summary>
    /// Waits until an attempt has ended or the delay has passed. Returns the connection, which is then no longer among the
    /// running ones; null when the next address is to be tried.
    /// </summary>
    private static async Task<T?> FirstOfAsync<T>(List<Task<T?>> running, Task? delay)
        where T : class
    {
        var first = await Task.WhenAny(delay is null ? running : [.. running, delay]).ConfigureAwait(false);
        if (first is not Task<T?> attempt)
        {
            // Throws when all was called off.
            await first.ConfigureAwait(false);
            return null;
        }

        running.Remove(attempt);
        return await attempt.ConfigureAwait(false);
    }

    private static async Task DisposeOfAsync<T>(Task<T?> loser)
        where T : class, IDisposable
    {
        try
        {
            (await loser.ConfigureAwait(false))?.Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It lost before it was connected.
        }
    }
}
