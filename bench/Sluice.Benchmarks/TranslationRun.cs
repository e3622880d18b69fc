using System.Buffers;
using System.Globalization;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Benchmarks;

/// <summary>
/// What translation costs in every pair of dialects, without sockets: a request of 1 KB read and written, an answer of 1 KB read and
/// written, and an event of a stream on its way through reader, sequencer, assembler and writer. Medians of short rounds.
/// </summary>
internal static class TranslationRun
{
    private const int Events = 200;

    private static readonly Dialect[] Dialects = [Dialect.OpenAIChat, Dialect.OpenAIResponses, Dialect.AnthropicMessages, Dialect.GeminiGenerate];

    /// <summary>Prints one line for each pair whose name contains a text.</summary>
    public static void Run(string filter)
    {
        Console.WriteLine($"{"client < upstream",-36} {"request us",10} {"bytes",8} {"answer us",10} {"bytes",8} {"event us",9} {"bytes",7} {"call event us",13} {"bytes",7}");
        foreach (var client in Dialects)
        {
            foreach (var upstream in Dialects.Where(other => other != client))
            {
                var name = $"{client} < {upstream}";
                if (name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                {
                    Measure(name, new TranslatedPair(client, upstream));
                }
            }
        }
    }

    private static void Measure(string name, TranslatedPair pair)
    {
        var request = QuickRun.Measure(pair.Request);
        var answer = QuickRun.Measure(pair.Answer);
        var text = QuickRun.Measure(pair.TextStream);
        var call = QuickRun.Measure(pair.CallStream);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-36} {request.Nanoseconds / 1000,10:N1} {request.Bytes,8:N0} {answer.Nanoseconds / 1000,10:N1} {answer.Bytes,8:N0} {text.Nanoseconds / 1000 / Events,9:N2} {text.Bytes / Events,7:N0} {call.Nanoseconds / 1000 / Events,13:N2} {call.Bytes / Events,7:N0}"));
    }

    /// <summary>One client's dialect before one upstream's.</summary>
    private sealed class TranslatedPair
    {
        private readonly DialectCodec _client;
        private readonly DialectCodec _upstream;
        private readonly byte[] _request;
        private readonly byte[] _answer;
        private readonly byte[] _textStream;
        private readonly byte[] _callStream;
        private readonly ArrayBufferWriter<byte> _output = new(256 * 1024);
        private readonly NoSignatures _signatures = new();

        public TranslatedPair(Dialect client, Dialect upstream)
        {
            _client = DialectCodec.For(client);
            _upstream = DialectCodec.For(upstream);
            _request = TranslationPayloads.Request(client);
            _answer = TranslationPayloads.Answer(upstream);
            _textStream = TranslationPayloads.TextStream(upstream, Events);
            _callStream = TranslationPayloads.CallStream(upstream, Events);
        }

        /// <summary>As RequestTranslator does it.</summary>
        public int Request()
        {
            _output.ResetWrittenCount();
            var request = Read();
            var tools = new CustomToolFunctions(SignatureKeeper.Restore(request, _signatures), _upstream.Fields);
            _upstream.Writer.WriteRequest(_output, tools.Request, new WriteContext(new Owner(_upstream.Dialect), _client.Fields));
            return _output.WrittenCount;
        }

        public int Answer() => Translate(_answer, ResponseFraming.Json);

        public int TextStream() => Translate(_textStream, ResponseFraming.Sse);

        public int CallStream() => Translate(_callStream, ResponseFraming.Sse);

        private ChatRequest Read() =>
            _client.Reader.TryReadRequest(_request, out var request, out var error) ? request : throw new InvalidDataException(error.Message);

        /// <summary>A stream comes event by event, as from a model.</summary>
        private int Translate(byte[] body, ResponseFraming framing)
        {
            var owner = new Owner(_upstream.Dialect);
            var request = new ChatRequest();
            var tools = new CustomToolFunctions(request, _upstream.Fields);
            var translation = new Translation(_client, _upstream, owner, request, tools, new TranslationReport(), _signatures) { Framing = framing };
            var context = new WriteContext(new Owner(_client.Dialect), _client.Fields) { Created = 7, ResponseId = "bench", Request = request };
            using var answer = new AnswerTranslator(translation, context, framing != ResponseFraming.Json);
            ReadOnlySpan<byte> rest = body;
            var written = 0;
            while (!rest.IsEmpty)
            {
                var end = framing == ResponseFraming.Json ? rest.Length : NextEvent(rest);
                answer.Read(rest[..end]);
                rest = rest[end..];
                written += answer.Output.WrittenCount;
                answer.Output.ResetWrittenCount();
            }

            answer.Complete();
            return answer.Failure is null ? written + answer.Output.WrittenCount : throw new InvalidDataException(answer.Failure.Message);
        }

        private static int NextEvent(ReadOnlySpan<byte> stream)
        {
            var lf = stream.IndexOf("\n\n"u8);
            var crlf = stream.IndexOf("\r\n\r\n"u8);
            return lf < 0 && crlf < 0 ? stream.Length : crlf < 0 || (lf >= 0 && lf < crlf) ? lf + 2 : crlf + 4;
        }
    }

    private sealed class NoSignatures : ISignatureStore
    {
        public void Keep(string key, KeptSignature kept)
        {
        }

        public KeptSignature? Find(string key) => null;
    }
}
