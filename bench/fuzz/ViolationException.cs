namespace Sluice.Fuzz;

/// <summary>A promise that an input broke.</summary>
internal sealed class ViolationException(string message) : Exception(message)
{
    /// <summary>Throws unless a promise holds.</summary>
    public static void Unless(bool holds, string message)
    {
        if (!holds)
        {
            throw new ViolationException(message);
        }
    }
}
