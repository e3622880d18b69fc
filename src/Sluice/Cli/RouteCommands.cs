using System.CommandLine;
using Sluice.Protocol;
using Sluice.Routing;

namespace Sluice.Cli;

/// <summary>The answer of <c>route explain</c>.</summary>
internal sealed record RouteDocument(
    bool Ok,
    string Model,
    string? Refusal,
    string MatchedBy,
    string Strategy,
    IReadOnlyList<RouteCandidate> Candidates,
    IReadOnlyList<RouteLeftOut> LeftOut);

/// <summary><c>route explain</c>: where a call would go, and why.</summary>
internal static class RouteCommands
{
    public static Command Create(CommandTree tree)
    {
        var group = new Command("route", "Look at routing.");
        var model = new Argument<string>("MODEL") { Description = "The model as a client asks for it." };
        var key = new Option<string?>("--key") { Description = "The name of the key that asks.", HelpName = "NAME" };
        var dialect = new Option<string?>("--dialect") { Description = "The client's dialect.", HelpName = "DIALECT" };
        dialect.AcceptOnlyFromAmong([.. DialectNames.All]);
        tree.Add(
            group,
            "explain",
            "Say where a call would go, in which order and why, without making it.",
            async (parse, output, _) =>
            {
                await using var app = tree.Host.BuildApplication(tree.Common.Serve(parse));
                if (app.Services.GetService<IRouteExplainer>() is not { } routes)
                {
                    return output.Fail(ExitCode.Failure, "this build has no routing");
                }

                var name = parse.GetValue(model)!;
                return Write(name, routes.Explain(new RouteQuestion(name, parse.GetValue(key), parse.GetValue(dialect))), output);
            },
            model,
            key,
            dialect,
            tree.Common.Config,
            tree.Common.Data);
        return group;
    }

    private static int Write(string model, RouteExplanation found, CommandOutput output)
    {
        var refused = found.Refusal.Length > 0;
        output.Document(
            new RouteDocument(!refused, model, refused ? found.Refusal : null, found.MatchedBy, found.Strategy, found.Candidates, found.LeftOut),
            CommandJson.Default.RouteDocument);
        if (output.IsJson)
        {
            return refused ? ExitCode.NotFound : ExitCode.Ok;
        }

        if (found.MatchedBy.Length > 0)
        {
            output.Line($"{model} is {found.MatchedBy}, strategy {found.Strategy}");
        }

        if (found.Candidates.Count > 0)
        {
            output.Table(
                ["#", "PROVIDER", "MODEL", "CREDENTIALS", "LANE", "WHY"],
                found.Candidates.Select((c, i) => (IReadOnlyList<string>)[$"{i + 1}", c.Provider, c.Model, string.Join(", ", c.Credentials), c.Relay ? "relay" : "translate", c.Reason]));
        }

        if (found.LeftOut.Count > 0)
        {
            output.Line("Left out:");
            output.Table(["PROVIDER", "MODEL", "WHY"], found.LeftOut.Select(c => (IReadOnlyList<string>)[c.Provider, c.Model, c.Reason]));
        }

        return refused ? output.Fail(ExitCode.NotFound, found.Refusal) : ExitCode.Ok;
    }
}
