using System.Diagnostics.CodeAnalysis;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Reads requests and answers of Chat Completions.</summary>
internal sealed class ChatReader : IDialectReader
{
    public bool TryReadRequest(
        ReadOnlyMemory<byte> body, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out GatewayError? error) =>
        DocumentReading.TryRequest(body, ChatRequestReader.Read, out request, out error);

    public bool TryReadResponse(
        ReadOnlyMemory<byte> body, Owner owner, [NotNullWhen(true)] out ChatResponse? response, [NotNullWhen(false)] out GatewayError? error) =>
        DocumentReading.TryResponse(body, (ref JsonCursor cursor) => ChatResponseReader.Read(ref cursor, owner), out response, out error);
}
