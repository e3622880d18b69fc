namespace Sluice.Cli;

/// <summary>What the process ends with; documented in docs/operations/cli.md.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It was understood and did not work.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>The configuration has mistakes.</summary>
    public const int ConfigurationInvalid = 3;

    /// <summary>An address is in use, or something cannot be reached.</summary>
    public const int Unreachable = 4;

    /// <summary>What was named does not exist.</summary>
    public const int NotFound = 5;
}
