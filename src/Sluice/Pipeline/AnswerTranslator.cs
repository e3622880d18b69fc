using System.Buffers;
using Sluice.Protocol.Canonical;

namespace Sluice.Pipeline;

/// <summary>
/// Turns one upstream's answer into the client's dialect. Takes bytes as they come and gives bytes in
/// <see cref="Output"/>: events for a client that asked for a stream, else one document at the end, however the upstream
/// has framed its own.
/// </summary>
internal sealed class AnswerTranslator : IDisposable
{
    /// <summary>The longest document of an upstream, in bytes; pictures come inside.</summary>
    private const int MaxDocument = 64 * 1024 * 1024;

    private readonly Translation _translation;
    private readonly WriteContext _context;
    private readonly IStreamReader? _reader;
    private readonly IStreamWriter? _writer;
    private readonly List<string> _repairs = [];
    private readonly BlockSequencer _sequencer = new();
    private readonly ResponseAssembler _assembler = new();
    private readonly List<StreamEvent> _read = [];
    private readonly List<StreamEvent> _legal = [];
    private readonly List<StreamEvent> _restored = [];
    private ArrayBufferWriter<byte>? _document;

    /// <param name="translation">The attempt's; its framing is known.</param>
    /// <param name="context">What the client's writer must know.</param>
    /// <param name="streams">True when the client asked for events.</param>
    public AnswerTranslator(Translation translation, WriteContext context, bool streams)
    {
        _translation = translation;
        _context = context;
        _reader = translation.Framing == ResponseFraming.Json ? null : translation.Upstream.CreateStreamReader(translation.Owner, translation.Framing);
        _writer = streams ? translation.Client.CreateStreamWriter(context) : null;
    }

    /// <summary>What is to be sent next; the taker clears it.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new(1024);

    /// <summary>True once the answer is complete, or has failed.</summary>
    public bool Ended { get; private set; }

    /// <summary>True once the answer has said something, and not only begun.</summary>
    public bool HasSaid { get; private set; }

    /// <summary>Why the answer is not complete; null when it is, or is still coming.</summary>
    public GatewayError? Failure { get; private set; }

    /// <summary>What the upstream did wrong and was repaired: codes of <see cref="AnswerRepairs"/>.</summary>
    public IReadOnlyList<string> Repairs => _repairs.Count > 0 ? _repairs : _sequencer.Repairs;

    /// <summary>Takes the next bytes of the upstream's body.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (Ended || bytes.IsEmpty)
        {
            return;
        }

        if (_reader is not null)
        {
            _reader.Read(bytes, _read);
            Pass();
        }
        else if (bytes.Length > MaxDocument - (_document?.WrittenCount ?? 0))
        {
            Fail(new GatewayError(ErrorKind.UpstreamFailed, TranslationErrors.InvalidUpstreamAnswer, "The upstream's answer is too long to be translated."));
        }
        else
        {
            // Most come in one piece.
            _document ??= new ArrayBufferWriter<byte>(bytes.Length);
            _document.Write(bytes);
        }
    }

    /// <summary>The upstream's body has ended.</summary>
    public void Complete()
    {
        if (Ended)
        {
            return;
        }

        if (_reader is null)
        {
            CompleteDocument();
            return;
        }

        _reader.Complete(_read);
        Pass();
        if (!Ended)
        {
            _sequencer.Complete(_legal);
            Pass();
        }
    }

    /// <summary>The answer will not be complete. The first reason stands.</summary>
    public void Fail(GatewayError error)
    {
        Ended = true;
        Failure ??= error;
    }

    /// <summary>Writes <see cref="Failure"/> as the last event of a stream that has begun.</summary>
    public void WriteFailure() => _writer?.Write(Output, new StreamFailure(Failure!));

    public void Dispose()
    {
        _reader?.Dispose();
        _writer?.Dispose();
    }

    private void Pass()
    {
        foreach (var next in _read)
        {
            _sequencer.Add(next, _legal);
        }

        _read.Clear();
        foreach (var next in _legal)
        {
            _translation.Tools.Restore(next, _restored);
        }

        _legal.Clear();
        foreach (var next in _restored)
        {
            Give(next);
        }

        _restored.Clear();
    }

    private void Give(StreamEvent next)
    {
        if (next is StreamFailure failure)
        {
            Fail(failure.Error);
            return;
        }

        HasSaid |= next is BlockEvent;
        _assembler.Add(next);
        if (next is MessageStop)
        {
            Ended = true;
            var response = _assembler.ToResponse();

            // Before the client sees the end: its next request may come at once.
            SignatureKeeper.Keep(response, _translation.Signatures);
            WriteWhole(response);
        }

        _writer?.Write(Output, next);
    }

    private void WriteWhole(ChatResponse response)
    {
        if (_writer is null)
        {
            _translation.Client.Writer.WriteResponse(Output, response, _context);
        }
    }

    private void CompleteDocument()
    {
        if (!_translation.Upstream.Reader.TryReadResponse(_document?.WrittenMemory ?? default, _translation.Owner, out var response, out var error))
        {
            Fail(error);
            return;
        }

        if (_writer is not null)
        {
            // The client's stream obeys the order of streams, whoever tells it.
            _read.AddRange(ResponseEvents.Of(response));
            Pass();
            return;
        }

        response = WholeAnswer.Repair(response, _repairs, out var broken);
        if (broken is not null)
        {
            Fail(broken);
            return;
        }

        response = _translation.Tools.Restore(response);
        SignatureKeeper.Keep(response, _translation.Signatures);
        Ended = true;
        WriteWhole(response);
    }
}
