using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers;

namespace Sluice.Routing;

/// <summary>The ways to order the targets of a model.</summary>
internal enum RoutingStrategy
{
    /// <summary>Lowest priority number first; equal numbers share by weight.</summary>
    Priority,

    /// <summary>All targets share by weight.</summary>
    Weighted,

    /// <summary>Each target in turn.</summary>
    RoundRobin,

    /// <summary>The target with the fewest calls in flight for its weight.</summary>
    LeastBusy,

    /// <summary>The cheapest first; an unpriced target last.</summary>
    Cost,

    /// <summary>The operator's own ranking: lowest priority number first, without sharing.</summary>
    Quality,

    /// <summary>The shortest time to the first byte of late; an untried target first.</summary>
    Speed,

    /// <summary>Success, speed and cost together.</summary>
    Adaptive,
}

/// <summary>A name that clients may ask for, and what can serve it.</summary>
internal sealed class ModelRoute(string name, RoutingStrategy strategy, RouteTarget[] targets)
{
    private static readonly TokenUsage MillionEachWay = new(1_000_000, 0, 0, 0, 1_000_000, 0);

    private int _turn;
    private int _boundTurn;

    /// <summary>The name as clients ask for it.</summary>
    public string Name { get; } = name;

    public RoutingStrategy Strategy { get; } = strategy;

    public RouteTarget[] Targets { get; } = targets;

    /// <summary>What the vendor's catalogue says of the first target's model; null when it is not in a catalogue.</summary>
    public ModelInfo? Info { get; init; }

    /// <summary>True when the vendor has retired the model, so that nothing serves it.</summary>
    public bool IsRetired { get; init; }

    /// <summary>The next turn of callers that are bound to credentials of their own, who share by weights of their own.</summary>
    public uint NextBoundTurn() => (uint)Interlocked.Increment(ref _boundTurn);

    /// <summary>The targets that serve an operation, best first; empty when none does. Not to be changed when it is this route's own array.</summary>
    /// <param name="operation">What is asked.</param>
    /// <param name="takesTurn">False for a look at what the next call would get.</param>
    public RouteTarget[] Order(Operation operation, bool takesTurn = true)
    {
        var count = 0;
        foreach (var target in Targets)
        {
            count += target.CanServe(operation) ? 1 : 0;
        }

        if (count == 0)
        {
            return [];
        }

        if (count == 1 && Targets.Length == 1)
        {
            return Targets;
        }

        var ordered = new RouteTarget[count];
        count = 0;
        foreach (var target in Targets)
        {
            if (target.Serves(operation))
            {
                ordered[count++] = target;
            }
        }

        // Translation loses something and costs time: among equals, who can relay goes first.
        var relays = count;
        foreach (var target in Targets)
        {
            if (count < ordered.Length && !target.Serves(operation) && target.CanServe(operation))
            {
                ordered[count++] = target;
            }
        }

        if (count > 1)
        {
            Sort(ordered, relays == 0 ? count : relays, operation, (uint)(takesTurn ? Interlocked.Increment(ref _turn) : Volatile.Read(ref _turn) + 1));
        }

        return ordered;
    }

    private static void MoveFirst(Span<RouteTarget> list, int at)
    {
        var first = list[at];
        list[..at].CopyTo(list[1..]);
        list[0] = first;
    }

    private static void Rotate(Span<RouteTarget> list, int by)
    {
        list[..by].Reverse();
        list[by..].Reverse();
        list.Reverse();
    }

    /// <param name="list">Those that can relay first, in the order of the configuration.</param>
    /// <param name="equals">How many of them, from the first on, are alike in whether they relay.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="turn">Counts the calls.</param>
    private void Sort(Span<RouteTarget> list, int equals, Operation operation, uint turn)
    {
        switch (Strategy)
        {
            case RoutingStrategy.Weighted:
                MoveFirst(list, PickByWeight(list[..equals], turn));
                break;
            case RoutingStrategy.RoundRobin:
                Rotate(list[..equals], (int)(turn % (uint)equals));
                break;
            case RoutingStrategy.LeastBusy:
                SortBy(list, target => (double)target.Provider.InFlight / Math.Max(1, target.Weight));
                break;
            case RoutingStrategy.Cost:
                SortBy(list, CostOf);
                break;
            case RoutingStrategy.Quality:
                SortBy(list, target => target.Priority);
                break;
            case RoutingStrategy.Speed:
                SortBy(list, FirstTokenOf);
                break;
            case RoutingStrategy.Adaptive:
                SortBy(list, target => -Score(target));
                break;
            default:
                SortBy(list, target => target.Priority);
                var same = 1;
                var relays = list[0].Serves(operation);
                while (same < list.Length && list[same].Priority == list[0].Priority && list[same].Serves(operation) == relays)
                {
                    same++;
                }

                MoveFirst(list[..same], PickByWeight(list[..same], turn));
                break;
        }
    }

    /// <summary>Untried first, so that it is tried; one that has only failed last.</summary>
    private static double FirstTokenOf(RouteTarget target)
        => target.Speed is { FirstTokenMicros: 0, Success: < 1 } ? double.MaxValue : target.Speed.FirstTokenMicros;

    /// <summary>Input and output together: what a typical chat pays for.</summary>
    private static double CostOf(RouteTarget target)
        => target.Price?.Cost(in MillionEachWay) is { } cost ? cost : double.MaxValue;

    /// <summary>Half for success, three tenths for speed (seconds), two tenths for cost (cents per thousand tokens).</summary>
    private static double Score(RouteTarget target)
    {
        var seconds = target.Speed.FirstTokenMicros / 1e6;
        var cost = target.Price?.Cost(in MillionEachWay) is { } nano ? nano / 1e10 : 1;
        return (0.5 * target.Speed.Success) + (0.3 / (1 + seconds)) + (0.2 / (1 + cost));
    }

    private static int PickByWeight(ReadOnlySpan<RouteTarget> list, uint turn)
        => WeightedTurn.Pick(list, static target => target.Weight, turn);

    /// <summary>Insertion sort: stable, and lists of targets are short.</summary>
    private static void SortBy(Span<RouteTarget> list, Func<RouteTarget, double> key)
    {
        for (var i = 1; i < list.Length; i++)
        {
            for (var j = i; j > 0 && key(list[j]) < key(list[j - 1]); j--)
            {
                (list[j], list[j - 1]) = (list[j - 1], list[j]);
            }
        }
    }
}
