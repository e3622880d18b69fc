namespace Sluice.Cli.Connect;

/// <summary>What a client needs to know of Sluice.</summary>
/// <param name="Url">Sluice's address without a trailing slash and without a version.</param>
/// <param name="Key">The API key.</param>
/// <param name="Model">The model to use; null leaves the client's own choice.</param>
/// <param name="Home">The user's home folder.</param>
/// <param name="Variables">The environment, for tools whose folder is set there.</param>
internal sealed record ConnectRequest(string Url, string Key, string? Model, string Home, IReadOnlyDictionary<string, string> Variables);

/// <summary>How a client is pointed at Sluice.</summary>
internal sealed record ClientSetup
{
    /// <summary>The client's name for people.</summary>
    public required string Client { get; init; }

    /// <summary>Variables to set, in order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>Variables that would get in the way.</summary>
    public IReadOnlyList<string> Unset { get; init; } = [];

    /// <summary>Files of the client to change.</summary>
    public IReadOnlyList<ClientFile> Files { get; init; } = [];

    /// <summary>What to know, and how to try it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A file of the client.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Minimal">What a new file would hold: what <c>--print</c> shows.</param>
/// <param name="Edit">Turns what the file holds now (empty when there is none) into what it should hold; null when it cannot be understood.</param>
internal sealed record ClientFile(string Path, string Minimal, Func<string, string?> Edit);
