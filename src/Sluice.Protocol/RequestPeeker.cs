using System.Text.Unicode;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>
/// Reads what the gateway must know of a request body and refuses what is not strict JSON or plainly not a request of the
/// operation. One pass, no allocation on success, time linear in the body's length.
/// </summary>
/// <remarks>
/// Duplicate top-level names are refused, compared after unescaping: where one reader takes the first and another the last,
/// the model that was allowed need not be the model that is called.
/// </remarks>
public static class RequestPeeker
{
    private const int StackDepth = 1023;

    /// <summary>Checks a body and fills in what it asks for.</summary>
    /// <param name="body">The whole body, UTF-8.</param>
    /// <param name="operation">What the client called; decides which members are known.</param>
    /// <param name="maxDepth">How many objects and arrays may be open at once; at least 1.</param>
    /// <param name="peek">What was found; of no use when an error is returned.</param>
    /// <returns>
    /// Null when the body is fine, otherwise an <see cref="ErrorKind.InvalidRequest"/> with one of the codes of
    /// <see cref="PeekErrors"/>.
    /// </returns>
    public static GatewayError? Peek(ReadOnlySpan<byte> body, Operation operation, int maxDepth, out RequestPeek peek)
    {
        peek = new RequestPeek { MaxTokensValue = -1, OtherMaxTokensValue = -1, Choices = 1, ImpliedModel = operation.ImpliedModel };
        var containers = maxDepth <= StackDepth
            ? stackalloc ulong[JsonScanner.StackWords(StackDepth)]
            : new ulong[JsonScanner.StackWords(maxDepth)];
        var reader = new TopLevel(body, operation, maxDepth, containers, stackalloc ulong[MemberNames.Inline]);
        GatewayError? error;
        try
        {
            error = reader.Read(ref peek);
        }
        finally
        {
            reader.Dispose();
        }

        if (error is null)
        {
            return reader.HasNonAscii && !Utf8.IsValid(body) ? PeekErrors.InvalidUtf8(body) : null;
        }

        return Utf8.IsValid(body) ? error : PeekErrors.InvalidUtf8(body);
    }

    /// <summary>The walk over the document's own members.</summary>
    private ref struct TopLevel
    {
        private readonly ReadOnlySpan<byte> _body;
        private readonly RequestShape _shape;
        private readonly bool _streams;
        private readonly int _maxDepth;
        private JsonScanner _scanner;
        private MemberNames _others;
        private ulong _seen;
        private bool _hasPreferredBound;

        public TopLevel(ReadOnlySpan<byte> body, Operation operation, int maxDepth, Span<ulong> containers, Span<ulong> names)
        {
            _body = body;
            _shape = operation.Shape;
            _streams = operation.StreamsByBody;
            _maxDepth = maxDepth;
            _scanner = new JsonScanner(body, containers, maxDepth);
            _others = new MemberNames(body, names);
        }

        public readonly bool HasNonAscii => _scanner.HasNonAscii;

        public void Dispose() => _others.Dispose();

        public GatewayError? Read(ref RequestPeek peek)
        {
            var body = _body;
            var at = _scanner.SkipWhiteSpace(0);
            peek.ObjectStart = at;
            if (at >= body.Length || body[at] != (byte)'{')
            {
                return NotAnObject(at);
            }

            at = _scanner.SkipWhiteSpace(at + 1);
            if (at < body.Length && body[at] == (byte)'}')
            {
                peek.IsEmptyObject = true;
                at++;
            }
            else
            {
                var error = ReadMembers(ref at, ref peek);
                if (error is not null)
                {
                    return error;
                }
            }

            at = _scanner.SkipWhiteSpace(at);
            if (at < body.Length)
            {
                _scanner.Fail(JsonFault.UnexpectedByte, at);
                return Fault();
            }

            if (_others.FindDuplicate() is { Offset: >= 0 } twice)
            {
                return PeekErrors.Duplicate(twice.Of(body));
            }

            return _shape.FirstMissing(_seen) is { } missing ? PeekErrors.Missing(missing) : null;
        }

        private GatewayError? ReadMembers(ref int at, ref RequestPeek peek)
        {
            var body = _body;
            while (true)
            {
                var name = at + 1;
                at = _scanner.SkipName(at, out var nameEnd);
                if (at < 0)
                {
                    return Fault();
                }

                var escaped = _scanner.LastStringEscaped;
                var member = _shape.Find(body[name..nameEnd], escaped);
                if (member < 0 ? !_others.Add(name, nameEnd - name, escaped) : (_seen >> member & 1) != 0)
                {
                    return PeekErrors.Duplicate(body[name..nameEnd]);
                }

                var start = _scanner.SkipWhiteSpace(at);
                at = _scanner.SkipValue(start, 1);
                if (at < 0)
                {
                    return Fault();
                }

                if (member >= 0)
                {
                    _seen |= 1UL << member;
                    var error = Take(_shape[member], new JsonSlice(start, at - start), ref peek);
                    if (error is not null)
                    {
                        return error;
                    }
                }

                at = _scanner.SkipWhiteSpace(at);
                if (at < body.Length && body[at] == (byte)',')
                {
                    at = _scanner.SkipWhiteSpace(at + 1);
                    continue;
                }

                if (at < body.Length && body[at] == (byte)'}')
                {
                    at++;
                    return null;
                }

                _scanner.Fail(JsonFault.UnexpectedByte, at);
                return Fault();
            }
        }

        private GatewayError? Take(RequestMember member, JsonSlice slice, ref RequestPeek peek)
        {
            var kind = JsonKindsExtensions.StartingWith(_body[slice.Offset]);
            if ((member.Kinds & kind) == 0)
            {
                return PeekErrors.Wrong(member.Name, member.Kinds, kind);
            }

            switch (member.Role)
            {
                case MemberRole.Model:
                    if (slice.Length == 2)
                    {
                        return PeekErrors.Empty(member.Name);
                    }

                    peek.Model = slice;
                    peek.ImpliedModel = "";
                    peek.ModelEscaped = _scanner.LastStringEscaped;
                    return null;
                case MemberRole.Stream:
                    peek.Stream = _streams && _body[slice.Offset] == (byte)'t';
                    return null;
                case MemberRole.StreamOptions:
                    peek.StreamOptions = slice;
                    return RequestOptions.ReadStreamOptions(_body, slice, ref peek);
                case MemberRole.MaxTokens:
                    RequestOptions.ReadMaxTokens(_body, slice, isFirst: !_hasPreferredBound, ref peek);
                    return null;
                case MemberRole.PreferredMaxTokens:
                    _hasPreferredBound = kind == JsonKinds.Number;
                    RequestOptions.ReadMaxTokens(_body, slice, isFirst: _hasPreferredBound || !peek.MaxTokens.Found, ref peek);
                    return null;
                case MemberRole.Choices:
                    RequestOptions.ReadChoices(slice.Of(_body), ref peek);
                    return null;
                case MemberRole.GenerationConfig:
                    return RequestOptions.ReadGenerationConfig(_body, slice, ref peek);
                case MemberRole.System:
                    peek.System = slice;
                    return null;
                case MemberRole.Conversation:
                    peek.Conversation = slice;
                    return null;
                default:
                    return null;
            }
        }

        private GatewayError NotAnObject(int at)
        {
            var kind = at < _body.Length ? JsonKindsExtensions.StartingWith(_body[at]) : JsonKinds.None;
            if (kind == JsonKinds.None)
            {
                _scanner.Fail(JsonFault.UnexpectedByte, at);
                return Fault();
            }

            return _scanner.SkipValue(at, 0) < 0 ? Fault() : PeekErrors.NotAnObject(kind);
        }

        private readonly GatewayError Fault() => PeekErrors.Fault(_body, _scanner.Fault, _scanner.FaultPosition, _maxDepth);
    }
}
