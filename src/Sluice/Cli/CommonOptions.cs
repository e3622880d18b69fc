using System.CommandLine;

namespace Sluice.Cli;

/// <summary>Options that several commands have.</summary>
internal sealed class CommonOptions
{
    public Option<bool> Json { get; } = new("--json") { Description = "Answer with one JSON document on standard output.", Recursive = true };

    public Option<string?> Config { get; } = new("--config") { Description = "The configuration file; sluice.yaml in the current folder when absent.", HelpName = "FILE" };

    public Option<string?> Data { get; } = new("--data") { Description = "The folder of the database; overrides server.data.", HelpName = "DIR" };

    public Option<string?> Urls { get; } = new("--urls") { Description = "Addresses to listen on, separated by semicolons; overrides server.urls.", HelpName = "URLS" };

    /// <summary>What the command line says of a service; options that the command does not have are null.</summary>
    public ServeOptions Serve(ParseResult parse) => new()
    {
        Config = Value(parse, Config),
        Data = Value(parse, Data),
        Urls = Value(parse, Urls),
        Json = parse.GetValue(Json),
    };

    private static string? Value(ParseResult parse, Option<string?> option)
        => parse.CommandResult.Command.Options.Contains(option) ? parse.GetValue(option) : null;
}
