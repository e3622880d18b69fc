namespace Sluice.Chaos.Simulation;

/// <summary>What goes wrong at a certain operation of the simulated disk.</summary>
internal enum DiskFault
{
    /// <summary>The machine stops before, in or after the operation.</summary>
    PowerCut,

    /// <summary>EIO, once.</summary>
    ErrorOnce,

    /// <summary>EIO, from this operation on.</summary>
    ErrorsFromHere,
}
