using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>Turns what can be wrong with a document into the error that its sender deserves.</summary>
internal static class DocumentReading
{
    /// <summary>Reads the value on which a cursor stands.</summary>
    public delegate T Read<out T>(ref JsonCursor cursor);

    /// <summary>Reads a client's request; what is wrong with it is the client's fault.</summary>
    public static bool TryRequest(
        ReadOnlyMemory<byte> body, Read<ChatRequest> read, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out GatewayError? error)
    {
        request = Run(body, read, out var fault, out var member);
        error = fault is null ? null
            : new GatewayError(ErrorKind.InvalidRequest, TranslationErrors.InvalidMember, $"The request could not be read: {fault}.") { Param = member };
        return request is not null;
    }

    /// <summary>Reads an upstream's answer; what is wrong with it is the upstream's fault.</summary>
    public static bool TryResponse(
        ReadOnlyMemory<byte> body, Read<ChatResponse> read, [NotNullWhen(true)] out ChatResponse? response, [NotNullWhen(false)] out GatewayError? error)
    {
        try
        {
            response = Run(body, read, out var fault, out _);
            error = fault is null ? null : UpstreamErrors.Broken(fault);
        }
        catch (ReportedFailureException reported)
        {
            response = null;
            error = UpstreamErrors.Reported(reported.Type);
        }

        return response is not null;
    }

    private static T? Run<T>(ReadOnlyMemory<byte> body, Read<T> read, out string? fault, out string? member)
        where T : class
    {
        fault = member = null;
        try
        {
            var cursor = new JsonCursor(body);
            var document = read(ref cursor);
            cursor.End();
            return document;
        }
        catch (JsonException)
        {
            fault = "it is not valid JSON";
        }
        catch (WireFormatException wrong)
        {
            (fault, member) = (wrong.Message, wrong.Member);
        }

        return null;
    }
}
