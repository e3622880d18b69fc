namespace Sluice.Storage;

/// <summary>The service cannot start as it is set up. The message is for the operator: what is wrong and what to do; it is printed without a stack trace.</summary>
internal sealed class StartRefusedException : Exception
{
    public StartRefusedException(string message)
        : base(message)
    {
    }

    public StartRefusedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
