namespace Sluice.Chaos.Simulation;

/// <summary>The machine is gone. Not a failure of the disk, so that nothing under test handles it.</summary>
internal sealed class PowerCutException() : Exception("The power was cut.");
