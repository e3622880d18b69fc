using System.Text;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>Which numbers of a vendor's usage object count, by name; a dot leads into an object one level down.</summary>
internal sealed class CountTable
{
    /// <summary>No call uses this many tokens: a count above it is a defect of the upstream and is passed over.</summary>
    public const long LargestCount = 1_000_000_000;

    /// <summary>Room for the counts of every table.</summary>
    public const int Room = 8;

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

    /// <summary>Reads the counts in the order of the paths; -1 where there is no number that makes sense.</summary>
    public void Read(ReadOnlySpan<byte> usage, Span<long> counts)
    {
        counts.Fill(-1);
        Read(usage, Top, counts);
    }

    private void Read(ReadOnlySpan<byte> json, int parent, Span<long> counts)
    {
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            var value = members.Value;
            if (value[0] != (byte)'{')
            {
                ReadCount(members.Name, value, parent, counts);
            }
            else if (parent == Top && FindObject(members.Name) is var child and >= 0)
            {
                Read(value, child, counts);
            }
        }
    }

    private void ReadCount(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int parent, Span<long> counts)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i].Object == parent && name.SequenceEqual(_counts[i].Name))
            {
                counts[i] = JsonNumber.TryReadWhole(value, out var count) && count is >= 0 and <= LargestCount ? count : -1;
                return;
            }
        }
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
