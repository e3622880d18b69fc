using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Faults;

namespace Sluice.Simulator.Wire;

/// <summary>One request, identified, authenticated and parsed.</summary>
internal sealed class Call
{
    public required HttpContext Http { get; init; }

    public required Simulation Simulation { get; init; }

    public required Vendor Vendor { get; init; }

    public required string RequestId { get; init; }

    /// <summary>The request's JSON; undefined where there is none.</summary>
    public JsonElement Body { get; init; }

    /// <summary>The model as asked for, faults included; empty when none was named.</summary>
    public string AskedModel { get; init; } = "";

    /// <summary>The model without faults.</summary>
    public string Model { get; init; } = "";

    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>Made of the simulator's seed and the request without its <c>stream</c> members.</summary>
    public ulong Seed { get; init; }

    /// <summary>When the call arrived: one time for everything that is made of it.</summary>
    public required long UnixSeconds { get; init; }

    /// <summary>A source of ids that the same request gets again.</summary>
    public SeededRandom Ids(int choice = 0) => new(~Seed + (ulong)choice);
}
