using System.Text.Json;
using Sluice.Credentials;
using Sluice.Protocol.Canonical;

namespace Sluice.Pipeline;

/// <summary>
/// A poll of a long-running operation goes to the project and region that began it, which its name says
/// (<c>projects/P/locations/L/publishers/google/models/M/operations/ID</c>); no other account knows of it.
/// </summary>
internal static class PinnedOperation
{
    /// <summary>Sets <see cref="GatewayCall.BegunAt"/>.</summary>
    /// <returns>Null, or that no credential here belongs to that place.</returns>
    public static GatewayError? Place(GatewayCall call)
    {
        if (Parse(call.Body) is not { } place)
        {
            return new GatewayError(
                ErrorKind.InvalidRequest, "invalid_member",
                "'operationName' must be the name that predictLongRunning gave: projects/PROJECT/locations/LOCATION/publishers/google/models/MODEL/operations/ID.")
            { Param = "operationName" };
        }

        var filter = new LeaseFilter(call.Operation, call.Caller!.Binding, place);
        if (!Array.Exists(call.Candidates, target => Array.Exists(target.Provider.Slots, slot => filter.Allows(target.Provider.Config, slot))))
        {
            return new GatewayError(ErrorKind.NotFound, "operation_not_found", "No credential here belongs to the project and location of this operation.") { Param = "operationName" };
        }

        call.BegunAt = place;
        return null;
    }

    private static OperationPlace? Parse(ReadOnlySpan<byte> body)
    {
        // Checked by the peeker: one object, and the member a string.
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("operationName"u8) || reader.ValueTextEquals("operation_name"u8);
            reader.Read();
            if (isName)
            {
                return reader.GetString()!.Split('/') is ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location, "publishers", _, "models", _, "operations", { Length: > 0 }]
                    ? new OperationPlace(project, location)
                    : null;
            }

            reader.Skip();
        }

        return null;
    }
}
