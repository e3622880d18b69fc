using System.Diagnostics.CodeAnalysis;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Reads requests and answers of the Messages API.</summary>
internal sealed class AnthropicReader : IDialectReader
{
    public bool TryReadRequest(
        ReadOnlyMemory<byte> body, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out GatewayError? error) =>
        DocumentReading.TryRequest(body, AnthropicRequestReader.Read, out request, out error);

    public bool TryReadResponse(
        ReadOnlyMemory<byte> body, Owner owner, [NotNullWhen(true)] out ChatResponse? response, [NotNullWhen(false)] out GatewayError? error) =>
        DocumentReading.TryResponse(body, (ref JsonCursor cursor) => AnthropicResponseReader.Read(ref cursor, owner), out response, out error);
}
