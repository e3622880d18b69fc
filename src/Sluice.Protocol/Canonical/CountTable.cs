using System.Text;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>Which numbers of a vendor's usage object count, by name; a dot leads into an object one level down.</summary>
internal sealed class CountTable
{
    /// <summary>Room for the counts of every table.</summary>
    public const int Room = 12;

    private const int Top = -1;

    private readonly byte[][] _objects;
    private readonly (int Object, byte[] Name)[] _counts;

    /// <param name="paths">At most <see cref="Room"/>, such as <c>prompt_tokens_details.cached_tokens</c>.</param>
    public CountTable(params string[] paths)
    {
        var parts = paths.Select(path => path.Split('.')).ToList();
        var objects = parts.Where(part => part.Length == 2).Select(part => part[0]).Distinct().ToList();
        _objects = [.. objects.Select(Encoding.ASCII.GetBytes)];
        _counts = [.. parts.Select(part => (part.Length == 2 ? objects.IndexOf(part[0]) : Top, Encoding.ASCII.GetBytes(part[^1])))];
    }

    /// <summary>
    /// Reads the counts in the order of the paths: -1 where there is no number, or a negative one; never more than
    /// <see cref="TokenUsage.LargestCount"/>.
    /// </summary>
    /// <returns>False when a number made no sense: it was negative or too large.</returns>
    public bool Read(ReadOnlySpan<byte> usage, Span<long> counts)
    {
        counts.Fill(-1);
        return Read(usage, Top, counts);
    }

    /// <summary>A number of tokens within what can be; <paramref name="sane"/> becomes false when it had to be brought there.</summary>
    public static long Clamp(long count, ref bool sane)
    {
        sane &= count is >= 0 and <= TokenUsage.LargestCount;
        return count < 0 ? -1 : Math.Min(count, TokenUsage.LargestCount);
    }

    private bool Read(ReadOnlySpan<byte> json, int parent, Span<long> counts)
    {
        var sane = true;
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            var value = members.Value;
            if (value[0] != (byte)'{')
            {
                sane &= ReadCount(members.Name, value, parent, counts);
            }
            else if (parent == Top && FindObject(members.Name) is var child and >= 0)
            {
                sane &= Read(value, child, counts);
            }
        }

        return sane;
    }

    private bool ReadCount(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int parent, Span<long> counts)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i].Object == parent && name.SequenceEqual(_counts[i].Name))
            {
                var sane = true;
                counts[i] = JsonNumber.TryReadWhole(value, out var count) ? Clamp(count, ref sane) : -1;
                return sane;
            }
        }

        return true;
    }

    private int FindObject(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _objects.Length; i++)
        {
            if (name.SequenceEqual(_objects[i]))
            {
                return i;
            }
        }

        return Top;
    }
}
