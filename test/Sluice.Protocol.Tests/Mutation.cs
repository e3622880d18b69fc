namespace Sluice.Protocol.Tests;

/// <summary>Spoils bytes in the ways that find defects: wrong structure, cut ends, repeated and missing parts.</summary>
internal static class Mutation
{
    private static readonly byte[] Telling = "{}[]\",:\\\n\r \0\t-0919eEtfnu./\u00FF\u0080"u8.ToArray();

    public static byte[] Of(ReadOnlySpan<byte> original, Random random)
    {
        var bytes = original.ToArray().ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = Telling[random.Next(Telling.Length)];
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 4:
                    var part = bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    bytes.InsertRange(random.Next(bytes.Count), part);
                    break;
                default:
                    if (random.Next(4) == 0)
                    {
                        bytes.RemoveRange(at, bytes.Count - at);
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
