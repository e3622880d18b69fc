using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Faults;

namespace Sluice.Simulator.Wire;

/// <summary>What differs between vendors around every call: headers, and the words and shapes of failures.</summary>
internal abstract class Vendor
{
    /// <summary>The header that carries the request's id.</summary>
    public abstract string RequestIdHeader { get; }

    public abstract string NewRequestId(SeededIdSource ids);

    /// <summary>The headers of every answer, besides the request's id.</summary>
    public abstract void AddHeaders(HttpResponse response, DateTimeOffset now);

    /// <summary>The headers that only a failure has, such as <c>retry-after</c>.</summary>
    public abstract void AddErrorHeaders(HttpResponse response, VendorError error);

    public abstract VendorError MissingCredential { get; }

    /// <summary>The body is not JSON, or not an object.</summary>
    public abstract VendorError UnreadableBody(string reason);

    public abstract VendorError UnknownModel(string model);

    /// <summary>The failure that a fault asks for.</summary>
    public abstract VendorError Failure(FailureFault fault, TimeSpan? retryAfter);

    public abstract byte[] ErrorBody(VendorError error, string requestId);
}
