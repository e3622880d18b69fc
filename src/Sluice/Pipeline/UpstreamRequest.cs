using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Protocol.GeminiGenerate;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>Builds the bytes of an upstream request: the head from its template, then the body as it came but for the named edits.</summary>
internal readonly struct UpstreamRequest : IDisposable
{
    private readonly byte[]? _rented;

    private UpstreamRequest(ReadOnlyMemory<byte> bytes, byte[]? rented)
    {
        Bytes = bytes;
        _rented = rented;
    }

    /// <summary>Head and body, to be sent in one piece.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>
    /// Puts head and body together. Where the body needs no edit the head goes into the free room before it and nothing is
    /// copied; else the edited body is written into a second buffer.
    /// </summary>
    /// <returns>Null when the model's name cannot stand in the vendor's path.</returns>
    public static UpstreamRequest? Build(GatewayCall call, RouteTarget target, CredentialSlot slot)
    {
        var operation = call.Operation;
        var template = TemplateOf(operation, target, slot);
        var query = UpstreamQuery.Of(call.Http.Request.QueryString);
        string? path = null;
        if (template.Whole is null || query.Length > 0)
        {
            path = target.Provider.UrlsOf(slot).For(operation, target.Model, query, call.Streams);
            if (path is null)
            {
                return null;
            }
        }

        var peek = call.Peek;
        scoped var edit = new JsonEdit();
        var envelope = ClaudeEnvelope.Apply(ref edit, call, target);
        if (peek.Model.Found && !ClaudeEnvelope.LeavesModelOut(operation, target) && !target.ModelJson.AsSpan().SequenceEqual(peek.Model.Of(call.Body))
            && !(peek.ModelEscaped && target.Model == call.Model))
        {
            edit.Replace(peek.Model, target.ModelJson);
        }

        if (operation.RepeatsModel)
        {
            edit.ReplaceEach(ModelMembers.FindOther(call.Body, operation, target.GeminiModelJson), target.GeminiModelJson);
        }

        Span<byte> bound = stackalloc byte[MaxTokensEdit.Scratch];
        if (call.OutputLimit > 0)
        {
            MaxTokensEdit.Apply(ref edit, call.Body, in peek, operation, call.OutputLimit, target.Provider.Config.Type == "openai", bound);
        }

        call.UsageFilter = null;
        if (call.Streams && operation.StreamsByBody && operation.Dialect == Dialect.OpenAIChat
            && !peek.IncludeUsage && target.Provider.Descriptor.SupportsIncludeUsage)
        {
            IncludeUsageEdit.Apply(ref edit, call.Body, in peek);
            call.UsageFilter = new SseUsageFilter();
        }

        var length = edit.Length(call.BodyLength);
        byte[]? rented = null;
        var buffer = call.BodyBuffer;
        if (edit.Count > 0)
        {
            rented = buffer = ArrayPool<byte>.Shared.Rent(GatewayCall.Headroom + length);
            edit.Apply(call.Body, buffer.AsSpan(GatewayCall.Headroom));
        }

        Span<byte> scratch = stackalloc byte[GatewayCall.Headroom];
        var head = new HeadWriter(scratch);
        WriteHead(ref head, call, template, path, length, envelope);
        var written = head.Written;
        if (written.Length <= GatewayCall.Headroom)
        {
            var start = GatewayCall.Headroom - written.Length;
            written.CopyTo(buffer.AsSpan(start));
            head.Dispose();
            return new UpstreamRequest(buffer.AsMemory(start, written.Length + length), rented);
        }

        // A head that is larger than the free room: rare (a very long list of betas), so it may cost a copy.
        var whole = ArrayPool<byte>.Shared.Rent(written.Length + length);
        written.CopyTo(whole);
        buffer.AsSpan(GatewayCall.Headroom, length).CopyTo(whole.AsSpan(written.Length));
        var total = written.Length + length;
        head.Dispose();
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return new UpstreamRequest(whole.AsMemory(0, total), whole);
    }

    /// <summary>Puts the head before a body that was written in the upstream's dialect. No header of the client goes with it.</summary>
    /// <returns>Null when the model's name cannot stand in the vendor's path.</returns>
    public static UpstreamRequest? BuildTranslated(GatewayCall call, RouteTarget target, CredentialSlot slot, ReadOnlySpan<byte> body)
    {
        var operation = call.UpstreamOperation;
        var template = TemplateOf(operation, target, slot);

        // Google frames a stream as events only where it is asked to.
        var path = template.Whole is null
            ? target.Provider.UrlsOf(slot).For(operation, target.Model, operation.AlwaysStreams ? "alt=sse" : "", call.Streams)
            : null;
        if (template.Whole is null && path is null)
        {
            return null;
        }

        call.UsageFilter = null;
        Span<byte> scratch = stackalloc byte[GatewayCall.Headroom];
        var head = new HeadWriter(scratch);
        WriteTarget(ref head, template, path);
        if (operation.Dialect == Dialect.AnthropicMessages)
        {
            if (target.Provider.AnthropicVersion is not null)
            {
                body = ClaudeEnvelope.Wrapped(body, target);
            }
            else
            {
                WriteVersion(ref head, target.RulesIn(operation.Dialect).ApiVersion);
            }
        }

        WriteLength(ref head, body.Length);
        return Join(ref head, body);
    }

    /// <summary>
    /// Puts the head before a body that was written anew in the client's own dialect. The client's headers go with it, since the
    /// answer is relayed.
    /// </summary>
    /// <returns>Null when the model's name cannot stand in the vendor's path.</returns>
    public static UpstreamRequest? BuildRewritten(GatewayCall call, RouteTarget target, CredentialSlot slot, ReadOnlySpan<byte> body)
    {
        var operation = call.Operation;
        var template = TemplateOf(operation, target, slot);
        var query = UpstreamQuery.Of(call.Http.Request.QueryString);
        string? path = null;
        if ((template.Whole is null || query.Length > 0) && (path = target.Provider.UrlsOf(slot).For(operation, target.Model, query, call.Streams)) is null)
        {
            return null;
        }

        // Chat's writer always asks for usage.
        call.UsageFilter = call.Streams && operation.Dialect == Dialect.OpenAIChat && !call.Peek.IncludeUsage ? new SseUsageFilter() : null;
        Span<byte> scratch = stackalloc byte[GatewayCall.Headroom];
        var head = new HeadWriter(scratch);
        var envelope = ClaudeEnvelope.Of(call, target);
        body = ClaudeEnvelope.IsWrapped(operation, target) ? ClaudeEnvelope.Wrapped(body, target) : body;
        WriteHead(ref head, call, template, path, body.Length, envelope);
        return Join(ref head, body);
    }

    private static UpstreamRequest Join(ref HeadWriter head, ReadOnlySpan<byte> body)
    {
        var written = head.Written;
        var whole = ArrayPool<byte>.Shared.Rent(written.Length + body.Length);
        written.CopyTo(whole);
        body.CopyTo(whole.AsSpan(written.Length));
        var total = written.Length + body.Length;
        head.Dispose();
        return new UpstreamRequest(whole.AsMemory(0, total), whole);
    }

    /// <summary>Asks for what the vendor keeps: a head with the answer's id in its path, and no body.</summary>
    /// <returns>Null when the id cannot stand in a path.</returns>
    public static UpstreamRequest? BuildBodiless(GatewayCall call, RouteTarget target, CredentialSlot slot)
    {
        var operation = call.Operation;
        var template = TemplateOf(operation, target, slot);
        if (target.Provider.UrlsOf(slot).For(operation, call.KeptId, UpstreamQuery.Of(call.Http.Request.QueryString)) is not { } path)
        {
            return null;
        }

        call.UsageFilter = null;
        Span<byte> scratch = stackalloc byte[GatewayCall.Headroom];
        var head = new HeadWriter(scratch);
        head.WriteAscii(operation.Method);
        head.Write(" "u8);
        head.WriteAscii(path);
        head.Write(template.AfterTarget);
        WriteClientHeaders(ref head, call, in ClaudeEnvelope.Usual);
        if (operation.Method == HttpMethods.Post)
        {
            WriteLength(ref head, 0);
        }
        else
        {
            head.Write("\r\n"u8);
        }

        var rented = ArrayPool<byte>.Shared.Rent(head.Written.Length);
        head.Written.CopyTo(rented);
        var length = head.Written.Length;
        head.Dispose();
        return new UpstreamRequest(rented.AsMemory(0, length), rented);
    }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }

    private static RequestHeadTemplate TemplateOf(Operation operation, RouteTarget target, CredentialSlot slot)
    {
        var heads = slot.Heads;
        if (heads.Find(operation) is { } made)
        {
            return made;
        }

        var urls = target.Provider.UrlsOf(slot);
        return heads.Of(operation, urls.IsConstant(operation) && !operation.OfKept ? urls.For(operation, target.Model, "") : null, slot, target.Provider.Provider);
    }

    private static void WriteTarget(ref HeadWriter head, RequestHeadTemplate template, string? path)
    {
        if (path is null)
        {
            head.Write(template.Whole);
        }
        else
        {
            head.Write("POST "u8);
            head.WriteAscii(path);
            head.Write(template.AfterTarget);
        }
    }

    /// <param name="head">Where it goes.</param>
    /// <param name="version">Empty for the version that is usual.</param>
    private static void WriteVersion(ref HeadWriter head, string version)
    {
        head.Write("anthropic-version: "u8);
        head.WriteAscii(version.Length > 0 ? version : HeaderPolicy.DefaultAnthropicVersion);
        head.Write("\r\n"u8);
    }

    private static void WriteLength(ref HeadWriter head, int bodyLength)
    {
        head.Write("content-length: "u8);
        head.WriteNumber(bodyLength);
        head.Write("\r\n\r\n"u8);
    }

    private static void WriteHead(ref HeadWriter head, GatewayCall call, RequestHeadTemplate template, string? path, int bodyLength, in ClaudeEnvelope envelope)
    {
        WriteTarget(ref head, template, path);
        WriteClientHeaders(ref head, call, in envelope);
        WriteLength(ref head, bodyLength);
    }

    private static void WriteClientHeaders(ref HeadWriter head, GatewayCall call, in ClaudeEnvelope envelope)
    {
        var headers = call.Http.Request.Headers;
        var connection = headers.Connection;
        if (envelope.Betas is { Length: > 0 } betas)
        {
            head.Write("anthropic-beta: "u8);
            head.WriteAscii(betas);
            head.Write("\r\n"u8);
        }

        foreach (var name in HeaderPolicy.ToUpstream)
        {
            if (ReferenceEquals(name, HeaderPolicy.AnthropicVersion) && (!envelope.HasVersionHeader || envelope.Version is not null))
            {
                if (envelope.Version is { } version)
                {
                    WriteVersion(ref head, version);
                }

                continue;
            }

            // What the client names in Connection is for this hop only (RFC 9110 7.6.1).
            var values = headers[name];
            if (values.Count > 0 && (connection.Count == 0 || !HeaderPolicy.IsNominated(connection, name)))
            {
                head.WriteAscii(name);
                head.Write(": "u8);
                head.WriteAscii(values.Count == 1 ? values[0]! : string.Join(',', values.ToArray()));
                head.Write("\r\n"u8);
            }
            else if (ReferenceEquals(name, HeaderPolicy.AnthropicVersion) && call.Operation.Dialect == Dialect.AnthropicMessages)
            {
                WriteVersion(ref head, "");
            }
        }
    }

    /// <summary>Writes into the given span, and into a rented array when that is full.</summary>
    private ref struct HeadWriter(Span<byte> initial)
    {
        private Span<byte> _span = initial;
        private byte[]? _rented;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _span[.._length];

        public void Write(ReadOnlySpan<byte> bytes)
        {
            Ensure(bytes.Length);
            bytes.CopyTo(_span[_length..]);
            _length += bytes.Length;
        }

        public void WriteAscii(ReadOnlySpan<char> text)
        {
            Ensure(text.Length);
            _length += Encoding.Latin1.GetBytes(text, _span[_length..]);
        }

        public void WriteNumber(int value)
        {
            Ensure(11);
            Utf8Formatter.TryFormat(value, _span[_length..], out var written);
            _length += written;
        }

        public readonly void Dispose()
        {
            if (_rented is not null)
            {
                ArrayPool<byte>.Shared.Return(_rented);
            }
        }

        private void Ensure(int more)
        {
            if (_length + more <= _span.Length)
            {
                return;
            }

            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_span.Length * 2, _length + more));
            _span[.._length].CopyTo(larger);
            if (_rented is not null)
            {
                ArrayPool<byte>.Shared.Return(_rented);
            }

            _rented = larger;
            _span = larger;
        }
    }
}
