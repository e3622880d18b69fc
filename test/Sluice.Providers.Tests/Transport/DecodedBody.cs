using System.Text;
using Sluice.Providers.Transport;

namespace Sluice.Providers.Tests.Transport;

/// <summary>Runs a body through the decoder in pieces of chosen sizes, with a buffer that is used as a connection uses it.</summary>
internal sealed record DecodedBody(byte[] Body, bool Complete, bool Malformed, int Left)
{
    public string Text => Encoding.Latin1.GetString(Body);

    public static ResponseHead Head(string head)
    {
        var bytes = Encoding.Latin1.GetBytes(head);
        var parsed = new ResponseHead();
        parsed.TryParse(bytes, 0, bytes.Length).ShouldBeTrue(head);
        return parsed;
    }

    public static DecodedBody Of(string head, byte[] wire, IEnumerable<int> pieces)
    {
        var parsed = Head(head);
        var decoder = new BodyDecoder();
        decoder.Begin(in parsed);
        var buffer = new byte[wire.Length];
        int rawStart = 0, rawEnd = 0, bodyStart = 0, bodyEnd = 0;
        foreach (var piece in pieces.Append(wire.Length))
        {
            var take = Math.Min(piece, wire.Length - rawEnd);
            wire.AsSpan(rawEnd, take).CopyTo(buffer.AsSpan(rawEnd));
            rawEnd += take;
            if (!decoder.Decode(buffer, ref rawStart, rawEnd, ref bodyStart, ref bodyEnd))
            {
                return new DecodedBody(buffer[bodyStart..bodyEnd], false, true, rawEnd - rawStart);
            }
        }

        return new DecodedBody(buffer[bodyStart..bodyEnd], decoder.Complete, false, rawEnd - rawStart);
    }

    public static DecodedBody Chunked(string wire, params int[] pieces)
        => Of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", Encoding.Latin1.GetBytes(wire), pieces);
}
