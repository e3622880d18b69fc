using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Configuration;
using Sluice.Limits.Budgets;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Sluice.Usage;

namespace Sluice.Tests.Limits.Budgets;

/// <summary>Budgets under many callers, several nodes, crashes and any order of events: never overspent, never stuck.</summary>
public sealed class BudgetLoadTests : IDisposable
{
    private const int Callers = 1_000;

    private readonly TemporaryStorage _storage = new();
    private readonly SqliteDatabase _database;

    public BudgetLoadTests() => _database = _storage.Open();

    public void Dispose() => _storage.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 1)]
    [InlineData(1, 2)]
    [InlineData(100, 2)]
    public async Task ReserveAsync_AThousandCallersAtOnce_NothingIsOverspentAndNothingStaysHeld(int budgets, int nodeCount)
    {
        const long each = 137;
        var limit = Callers / budgets * each * 2 / 3;
        var config = new SluiceConfig { Budgets = [BudgetNode.Budget("keys", "key", limit, each: true)] };
        var nodes = Enumerable.Range(0, nodeCount).Select(i => new BudgetNode(_database, TimeProvider.System, config, $"node{i}")).ToList();
        var subjects = Enumerable.Range(0, budgets).Select(i => BudgetNode.Subject($"k{i}")).ToList();
        var booked = new ConcurrentQueue<(BudgetNode Node, BudgetCost Cost)>();
        var violations = new ConcurrentQueue<string>();
        var allowed = 0;
        using var over = new CancellationTokenSource();
        var watch = Task.Run(() => WatchAsync(violations, limit, over.Token));

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(async () =>
        {
            var (node, hold, random) = (nodes[i % nodeCount], new BudgetHold(), new Random(i));
            for (var call = 0; call < 3; call++)
            {
                if (!(await node.ReserveAsync(each, hold, node.Accounts(subjects[i / nodeCount % budgets]))).Allowed)
                {
                    continue;
                }

                Interlocked.Increment(ref allowed);
                await Task.Yield();
                var cost = random.Next((int)each + 1);
                node.Gate.Settle(hold, cost);
                booked.Enqueue((node, BudgetNode.Costs(hold, cost)[0]));
                if (random.Next(50) == 0)
                {
                    await BookAsync(booked);
                }
            }
        })));
        await BookAsync(booked);
        await Task.WhenAll(nodes.Select(node => node.Teller.ReturnAsync()));
        await over.CancelAsync();
        await watch;

        violations.ShouldBeEmpty();
        BudgetSums.Violations(_database, limit).ShouldBeEmpty();
        BudgetSums.Of(_database).Held.ShouldBe(0);
        allowed.ShouldBeGreaterThan((int)(limit / each * budgets) / 2);
    }

    /// <summary>What the gate is for: without it, looking and then adding, callers at once spend more than there is.</summary>
    [Fact]
    public async Task CheckThenAdd_TheControl_Overspends()
    {
        const long limit = 1_000;
        const long each = 100;
        var spent = 0L;
        using var everybodyHasLooked = new Barrier(20);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var fits = Volatile.Read(ref spent) + each <= limit;
                everybodyHasLooked.SignalAndWait();
                if (fits)
                {
                    Interlocked.Add(ref spent, each);
                }
            },
            TaskCreationOptions.LongRunning)));

        spent.ShouldBeGreaterThan(limit);
    }

    /// <summary>Reserve, settle, book, rounds, time with its periods, reloads and crashes in any order, on two nodes.</summary>
    [Fact]
    public void Schedules_OfAnyKind_KeepEveryInvariant()
    {
        var run = 0;
        var step = Gen.Choose(0, 99).SelectMany(kind => Gen.Choose(0, 1).SelectMany(node => Gen.Choose(0, 120).Select(amount => (kind, node, amount))));
        var schedules = step.ArrayOf(40).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(8), Prop.ForAll(schedules, schedule => Run(schedule, $"run{run++}").GetAwaiter().GetResult()));
    }

    private static async Task<bool> Run((int Kind, int Node, int Amount)[] schedule, string name)
    {
        using var storage = new TemporaryStorage();
        var world = new World(storage.Open(), name);
        foreach (var (kind, node, amount) in schedule)
        {
            await world.StepAsync(kind, node, amount);
            world.Check();
        }

        await world.EndAsync();
        return true;
    }

    private async Task WatchAsync(ConcurrentQueue<string> violations, long limit, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            BudgetSums.Violations(_database, limit).ForEach(violations.Enqueue);
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private static async Task BookAsync(ConcurrentQueue<(BudgetNode Node, BudgetCost Cost)> booked)
    {
        var costs = new List<(BudgetNode Node, BudgetCost Cost)>();
        while (booked.TryDequeue(out var cost))
        {
            costs.Add(cost);
        }

        foreach (var group in costs.GroupBy(cost => cost.Node))
        {
            await group.Key.BookAsync([.. group.Select(cost => cost.Cost)]);
        }
    }

    /// <summary>Two nodes on one database, with what the journal of each would hold.</summary>
    private sealed class World(SqliteDatabase database, string name)
    {
        private const long MostLimit = 1_000;

        private readonly SettableTime _time = new();
        private readonly List<(BudgetHold Hold, long Reserved)>[] _open = [[], []];
        private readonly List<BudgetCost>[] _settled = [[], []];
        private readonly BudgetNode[] _nodes = new BudgetNode[2];
        private long _limit = MostLimit;

        public async Task StepAsync(int kind, int at, int amount)
        {
            var node = _nodes[at] ??= New(at);
            switch (kind)
            {
                case < 45:
                    var hold = new BudgetHold();
                    if ((await node.ReserveAsync(amount, hold)).Allowed)
                    {
                        _open[at].Add((hold, amount));
                    }

                    break;
                case < 65 when _open[at].Count > 0:
                    var (ended, reserved) = _open[at][amount % _open[at].Count];
                    _open[at].RemoveAt(amount % _open[at].Count);
                    var cost = Math.Min(reserved, amount);
                    node.Gate.Settle(ended, cost);
                    _settled[at].AddRange(BudgetNode.Costs(ended, cost));
                    break;
                case < 75:
                    await BookAsync(at);
                    break;
                case < 85:
                    await AdvanceAsync(TimeSpan.FromSeconds(amount % 10));
                    break;
                case < 88:
                    await AdvanceAsync(TimeSpan.FromMinutes(amount));
                    break;
                case < 93:
                    _limit = MostLimit - (amount * 4);
                    await Task.WhenAll(_nodes.OfType<BudgetNode>().Select(other => other.ReloadAsync(Configuration())));
                    break;
                case < 96:
                    await CrashAsync(at);
                    break;
                default:
                    await node.Teller.RoundAsync();
                    break;
            }

            await Task.WhenAll(_nodes.OfType<BudgetNode>().Select(other => other.Teller.IdleAsync()));
        }

        public void Check() => BudgetSums.Violations(database, MostLimit).ShouldBeEmpty();

        public async Task EndAsync()
        {
            for (var at = 0; at < 2; at++)
            {
                foreach (var (hold, _) in _open[at])
                {
                    _nodes[at].Gate.Settle(hold, 0);
                }

                await BookAsync(at);
            }

            await Task.WhenAll(_nodes.OfType<BudgetNode>().Select(node => node.Teller.ReturnAsync()));
            Check();
            BudgetSums.Of(database).Held.ShouldBe(0);
        }

        private async Task BookAsync(int at)
        {
            if (_nodes[at] is { } node)
            {
                await node.BookAsync(_settled[at]);
                _settled[at].Clear();
            }
        }

        /// <summary>The process is gone; the next one replays its journal, settles what was open, and drops the old holds.</summary>
        private async Task CrashAsync(int at)
        {
            await _nodes[at].Teller.IdleAsync();
            var replayed = _settled[at].Concat(_open[at].SelectMany(call => BudgetNode.Costs(call.Hold, call.Reserved / 2))).ToList();
            _open[at].Clear();
            _settled[at].Clear();
            _nodes[at] = New(at);
            await _nodes[at].BookAsync(replayed);
            await _nodes[at].Teller.DropHoldsAsync();
        }

        private async Task AdvanceAsync(TimeSpan by)
        {
            // A node that lives makes its rounds within its lease, whatever else happens.
            for (var rest = by; rest > TimeSpan.Zero; rest -= TimeSpan.FromSeconds(40))
            {
                _time.Shift(rest < TimeSpan.FromSeconds(40) ? rest : TimeSpan.FromSeconds(40));
                await Task.WhenAll(_nodes.OfType<BudgetNode>().Select(node => node.Teller.RoundAsync()));
            }
        }

        private BudgetNode New(int at) => new(database, _time, Configuration(), $"node{at}");

        private SluiceConfig Configuration() => BudgetNode.Global(_limit, "hour", zone: "Europe/Berlin", name: name);
    }
}
