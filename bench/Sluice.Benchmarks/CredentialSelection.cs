using BenchmarkDotNet.Attributes;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Protocol;

namespace Sluice.Benchmarks;

/// <summary>Leasing one of a thousand credentials and giving it back. The bound is 2 µs.</summary>
[MemoryDiagnoser]
public class CredentialSelection
{
    private const int Count = 1000;

    private readonly CredentialPool _allReady = Make(_ => true, most: 0);
    private readonly CredentialPool _halfReady = Make(i => i % 2 == 0, most: 0);
    private readonly CredentialPool _tenReady = Make(i => i % 100 == 7, most: 0);
    private readonly CredentialPool _noneReady = Make(_ => false, most: 0);
    private readonly CredentialPool _bounded = Make(_ => true, most: 1);
    private readonly byte[] _request1K = Payloads.ChatRequest(1024);
    private readonly byte[] _request32K = Payloads.ChatRequest(32 * 1024);
    private readonly RequestPeek _peek1K = Peek(Payloads.ChatRequest(1024));
    private readonly RequestPeek _peek32K = Peek(Payloads.ChatRequest(32 * 1024));
    private ulong _conversation;

    [Benchmark]
    public bool ByTurnAllReady() => Lease(_allReady, 0);

    [Benchmark]
    public bool ByTurnHalfReady() => Lease(_halfReady, 0);

    [Benchmark]
    public bool ByTurnTenReady() => Lease(_tenReady, 0);

    [Benchmark]
    public bool ByTurnNoneReady() => Lease(_noneReady, 0);

    /// <summary>Every place is bounded to one call, so that each lease and release writes to the board.</summary>
    [Benchmark]
    public bool ByTurnOneCallEach() => Lease(_bounded, 0);

    [Benchmark]
    public bool ByConversationAllReady() => Lease(_allReady, NextConversation());

    [Benchmark]
    public bool ByConversationHalfReady() => Lease(_halfReady, NextConversation());

    [Benchmark]
    public bool ByConversationTenReady() => Lease(_tenReady, NextConversation());

    /// <summary>What finding the conversation in a 1 KB request costs, where a provider has more than one credential.</summary>
    [Benchmark]
    public bool ConversationHash1K() => ConversationHash.Of(_request1K, _peek1K) != 0;

    [Benchmark]
    public bool ConversationHash32K() => ConversationHash.Of(_request32K, _peek32K) != 0;

    private static RequestPeek Peek(byte[] body)
    {
        RequestPeeker.Peek(body, Operation.Chat, 128, out var peek);
        return peek;
    }

    private static bool Lease(CredentialPool pool, ulong conversation)
    {
        var lease = pool.TryLease([], 0, conversation, CallKind.Text);
        lease?.Release();
        return lease is not null;
    }

    private static CredentialPool Make(Func<int, bool> isReady, int most)
    {
        var slots = new CredentialSlot[Count];
        for (var i = 0; i < Count; i++)
        {
            slots[i] = new CredentialSlot("p", i, new CredentialConfig { Name = $"k{i}", Weight = 1 + (i % 3), MaxConcurrency = most }, new CredentialHealth(), null!);
            if (!isReady(i))
            {
                slots[i].Health.Limit(long.MaxValue - 1, "used up");
            }
        }

        return new CredentialPool(slots);
    }

    /// <summary>A thousand conversations that come again and again.</summary>
    private ulong NextConversation() => StableHash.Mix(1 + (_conversation++ % 1000));
}
