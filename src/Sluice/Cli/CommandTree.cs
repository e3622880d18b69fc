using System.CommandLine;
using Sluice.Cli.Connect;
using Sluice.Cli.Doctor;

namespace Sluice.Cli;

/// <summary>All commands.</summary>
internal sealed class CommandTree
{
    private readonly CommandHost _host;
    private readonly CommonOptions _common = new();
    private readonly Option<bool> _version = new("--version") { Description = "Show the version." };
    private readonly Command _serve;

    public CommandTree(CommandHost host)
    {
        _host = host;
        Root = new RootCommand("Sluice: one self-hosted gateway for every AI service. Without a command: serve.");
        Root.Options.Remove(Root.Options.OfType<VersionOption>().Single());
        Root.Options.Add(_common.Json);
        Root.Options.Add(_version);

        _serve = new Command("serve", "Start the service.");
        foreach (var command in new[] { Root, _serve })
        {
            command.Options.Add(_common.Urls);
            command.Options.Add(_common.Data);
            command.Options.Add(_common.Config);
        }

        Action(_serve, (parse, output, cancellation) => ServeCommand.RunAsync(_host, _common.Serve(parse), output, cancellation));
        Action(Root, (parse, output, cancellation) => parse.GetValue(_version)
            ? Task.FromResult(VersionDocument.Write(_host, output))
            : ServeCommand.RunAsync(_host, _common.Serve(parse), output, cancellation));

        Root.Subcommands.Add(_serve);
        Root.Subcommands.Add(InitCommand.Create(this));
        Root.Subcommands.Add(ConfigCommands.Create(this));
        Root.Subcommands.Add(DoctorCommand.Create(this));
        Root.Subcommands.Add(KeysCommands.Create(this));
        Root.Subcommands.Add(CredentialsCommands.Create(this));
        Root.Subcommands.Add(PricesCommands.Create(this));
        Root.Subcommands.Add(UsageCommands.Create(this));
        Root.Subcommands.Add(ConnectCommand.Create(this));
        Root.Subcommands.Add(RouteCommands.Create(this));
        Root.Subcommands.Add(SimulateCommand.Create(this));
    }

    public RootCommand Root { get; }

    public CommandHost Host => _host;

    public CommonOptions Common => _common;

    /// <summary>True for the commands that start the service.</summary>
    public bool Serves(Command command) => command == Root || command == _serve;

    /// <summary>The words of a command, each followed by a blank; empty for the root.</summary>
    public string PathOf(Command command)
    {
        if (command == Root)
        {
            return "";
        }

        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return (parent is null ? "" : PathOf(parent)) + command.Name + " ";
    }

    /// <summary>Gives a command its body.</summary>
    public void Action(Command command, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> body)
        => command.SetAction((parse, cancellation) =>
        {
            var output = new CommandOutput(_host, parse.GetValue(_common.Json));
            return SluiceCommandLine.GuardAsync(output, () => body(parse, output, cancellation));
        });

    /// <summary>Adds a command with a body under a group.</summary>
    public Command Add(Command group, string name, string description, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> body, params Symbol[] symbols)
    {
        var command = Leaf(name, description, body, symbols);
        group.Subcommands.Add(command);
        return command;
    }

    /// <summary>Makes a command with a body.</summary>
    public Command Leaf(string name, string description, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> body, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else if (symbol is Option option)
            {
                command.Options.Add(option);
            }
        }

        Action(command, body);
        return command;
    }
}
