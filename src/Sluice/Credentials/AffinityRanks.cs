using Sluice.Protocol;

namespace Sluice.Credentials;

/// <summary>
/// Ranks the credentials of a pool for a conversation by rendezvous hashing with weights: every process and node comes to the
/// same ranking, and a credential that comes or goes moves no conversation but its own. The first places of a ranking are
/// kept by bucket of conversations, because working them out takes a logarithm per credential.
/// </summary>
internal sealed class AffinityRanks
{
    /// <summary>Places of a ranking that are kept. With half of the pool out, one conversation in 250 has to look further.</summary>
    private const int KeptPlaces = 8;

    private const int BucketsPerCredential = 16;
    private const int LeastBuckets = 256;
    private const int MostBuckets = 16_384;

    /// <summary>2^-53: makes a fraction of the upper bits of a hash.</summary>
    private const double Unit = 1.0 / (1L << 53);

    private readonly ulong[] _seeds;
    private readonly int[] _weights;
    private readonly int[]?[] _first;

    public AffinityRanks(ReadOnlySpan<CredentialSlot> slots)
    {
        _seeds = new ulong[slots.Length];
        _weights = new int[slots.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            _seeds[i] = StableHash.Of(slots[i].Name);
            _weights[i] = slots[i].Config.Weight;
        }

        _first = new int[]?[Math.Clamp((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)slots.Length * BucketsPerCredential), LeastBuckets, MostBuckets)];
    }

    /// <summary>The best credentials for a conversation, best first.</summary>
    public ReadOnlySpan<int> First(ulong conversation)
    {
        var bucket = BucketOf(conversation);
        return Volatile.Read(ref _first[bucket]) ?? Rank(bucket);
    }

    /// <summary>Where in a list of credentials the best one for a conversation stands.</summary>
    public int Best(ulong conversation, ReadOnlySpan<int> among)
    {
        var hash = StableHash.Mix((ulong)BucketOf(conversation) + 1);
        var (best, least) = (0, double.MaxValue);
        for (var i = 0; i < among.Length; i++)
        {
            var score = Score(hash, among[i]);
            if (score < least)
            {
                (best, least) = (i, score);
            }
        }

        return best;
    }

    private int BucketOf(ulong conversation) => (int)(conversation & (ulong)(_first.Length - 1));

    private int[] Rank(int bucket)
    {
        var hash = StableHash.Mix((ulong)bucket + 1);
        Span<double> scores = stackalloc double[KeptPlaces];
        Span<int> places = stackalloc int[KeptPlaces];
        var count = 0;
        for (var i = 0; i < _seeds.Length; i++)
        {
            var score = Score(hash, i);
            if (count == KeptPlaces && score >= scores[^1])
            {
                continue;
            }

            var at = count < KeptPlaces ? count++ : KeptPlaces - 1;
            for (; at > 0 && scores[at - 1] > score; at--)
            {
                (scores[at], places[at]) = (scores[at - 1], places[at - 1]);
            }

            (scores[at], places[at]) = (score, i);
        }

        var ranked = places[..count].ToArray();
        Volatile.Write(ref _first[bucket], ranked);
        return ranked;
    }

    /// <summary>Lower is better; an exponential variable with the weight as its rate, so that the least one falls to each by its weight.</summary>
    private double Score(ulong bucketHash, int index)
    {
        var fraction = ((StableHash.Mix(bucketHash ^ _seeds[index]) >> 11) + 1) * Unit;
        var score = -Math.Log(fraction);
        return _weights[index] > 0 ? score / _weights[index] : 1e100 + (score * 1e90);
    }
}
