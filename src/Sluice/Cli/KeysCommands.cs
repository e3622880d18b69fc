using System.CommandLine;
using System.Globalization;
using Sluice.Auth;
using Sluice.Configuration;

namespace Sluice.Cli;

/// <summary>The answer of <c>keys create</c>.</summary>
internal sealed record CreatedKeyDocument(bool Ok, string Id, string Name, string Key, string Prefix);

/// <summary>The answer of <c>keys list</c>.</summary>
internal sealed record KeyListDocument(bool Ok, IReadOnlyList<ApiKeyView> Data);

/// <summary>The answer of <c>keys revoke</c>.</summary>
internal sealed record RevokedKeyDocument(bool Ok, string Revoked);

/// <summary><c>keys create</c>, <c>keys list</c>, <c>keys revoke</c>: the API keys of the database in the data folder.</summary>
internal static class KeysCommands
{
    public static Command Create(CommandTree tree)
    {
        var group = new Command("keys", "Make, list and revoke API keys.");
        AddCreate(tree, group);
        tree.Add(group, "list", "List the keys of the database.", (parse, output, cancellation) => WithKeys(tree, parse, output, keys => ListAsync(keys, output, cancellation)), tree.Common.Config, tree.Common.Data);
        var revoked = new Argument<string>("ID") { Description = "The key's id, or its name." };
        tree.Add(
            group,
            "revoke",
            "Revoke a key.",
            (parse, output, cancellation) => WithKeys(tree, parse, output, keys => RevokeAsync(keys, parse.GetValue(revoked)!, output, cancellation)),
            revoked,
            tree.Common.Config,
            tree.Common.Data);
        return group;
    }

    private static void AddCreate(CommandTree tree, Command group)
    {
        var name = new Argument<string>("NAME") { Description = "The key's name in lists and usage records." };
        var models = new Option<string[]>("--models") { Description = "Model names and patterns that the key may use, separated by commas; all when absent.", HelpName = "LIST" };
        var mcp = new Option<string[]>("--mcp") { Description = "Tools of MCP servers that the key may use (server/tool, server/*, *), separated by commas; none when absent.", HelpName = "LIST" };
        var rpm = Limit("--rpm", "Requests per minute.");
        var tpm = Limit("--tpm", "Tokens per minute.");
        var concurrency = Limit("--concurrency", "Calls at the same time.");
        var expires = new Option<string?>("--expires") { Description = "When the key ends: 30d, 12h, or a date such as 2027-01-31.", HelpName = "TIME" };
        var administrator = new Option<bool>("--admin") { Description = "The key may call the admin API." };
        tree.Add(
            group,
            "create",
            "Make a key. It is shown once.",
            (parse, output, cancellation) =>
            {
                DateTimeOffset? end = null;
                if (parse.GetValue(expires) is { } text)
                {
                    end = Expiry(text, tree.Host.Time.GetUtcNow());
                    if (end is null)
                    {
                        return Task.FromResult(output.Fail(ExitCode.Usage, "--expires takes 30d, 12h, or a date in the future such as 2027-01-31"));
                    }
                }

                var allowed = Names(parse.GetValue(models));
                var tools = Names(parse.GetValue(mcp));
                var limits = new LimitsConfig { Rpm = parse.GetValue(rpm), Tpm = parse.GetValue(tpm), Concurrency = parse.GetValue(concurrency) };
                var key = new NewApiKey(
                    parse.GetValue(name)!,
                    allowed.Count > 0 ? allowed : null,
                    limits == new LimitsConfig() ? null : limits,
                    Budget: null,
                    end,
                    parse.GetValue(administrator))
                {
                    Mcp = tools.Count > 0 ? tools : null,
                };
                return WithKeys(tree, parse, output, keys => CreateAsync(keys, key, output, cancellation));
            },
            name,
            models,
            mcp,
            rpm,
            tpm,
            concurrency,
            expires,
            administrator,
            tree.Common.Config,
            tree.Common.Data);
    }

    private static List<string> Names(string[]? lists)
        => [.. (lists ?? []).SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    private static Option<long?> Limit(string name, string description)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1))
            {
                result.AddError($"{name} takes a whole number of 1 or more");
            }
        });
        return option;
    }

    private static async Task<int> WithKeys(CommandTree tree, ParseResult parse, CommandOutput output, Func<IApiKeyAdministration, Task<int>> body)
    {
        await using var app = tree.Host.BuildApplication(tree.Common.Serve(parse));
        return app.Services.GetService<IApiKeyAdministration>() is { } keys
            ? await body(keys)
            : output.Fail(ExitCode.Failure, "this build has no keys in the database");
    }

    private static async Task<int> CreateAsync(IApiKeyAdministration keys, NewApiKey key, CommandOutput output, CancellationToken cancellationToken)
    {
        var created = await keys.CreateAsync(key, cancellationToken);
        output.Document(new CreatedKeyDocument(true, created.Id, key.Name, created.Key, created.Prefix), CommandJson.Default.CreatedKeyDocument);
        if (!output.IsJson)
        {
            // The key alone on standard output, so that KEY=$(sluice keys create ci) works.
            output.Line(created.Key);
            output.Note($"{key.Name} ({created.Id}). Keep the key: it is not shown again.");
        }

        return ExitCode.Ok;
    }

    private static async Task<int> ListAsync(IApiKeyAdministration keys, CommandOutput output, CancellationToken cancellationToken)
    {
        var list = await keys.ListAsync(cancellationToken);
        output.Document(new KeyListDocument(true, list), CommandJson.Default.KeyListDocument);
        output.Table(
            ["ID", "NAME", "PREFIX", "MODELS", "LIMITS", "CREATED", "EXPIRES", "STATE"],
            list.Select(k => (IReadOnlyList<string>)
            [
                k.Id,
                k.Name + (k.Administrator ? " (admin)" : ""),
                k.Prefix,
                string.Join(", ", k.Models),
                Describe(k.Limits),
                Day(k.CreatedAt),
                k.ExpiresAt is { } at ? Day(at) : "",
                k.Revoked ? "revoked" : "active",
            ]));
        return ExitCode.Ok;
    }

    private static async Task<int> RevokeAsync(IApiKeyAdministration keys, string idOrName, CommandOutput output, CancellationToken cancellationToken)
    {
        if (!await keys.RevokeAsync(idOrName, cancellationToken))
        {
            return output.Fail(ExitCode.NotFound, $"there is no single key \"{idOrName}\"; \"sluice keys list\" shows ids");
        }

        output.Document(new RevokedKeyDocument(true, idOrName), CommandJson.Default.RevokedKeyDocument);
        output.Line($"Revoked {idOrName}.");
        return ExitCode.Ok;
    }

    private static string Describe(LimitsConfig limits) => string.Join(
        ", ",
        new[] { Part(limits.Rpm, "rpm"), Part(limits.Tpm, "tpm"), Part(limits.Concurrency, "at once") }.OfType<string>());

    private static string? Part(long? limit, string unit) => limit is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value} {unit}") : null;

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The end of a key; null when the text is no time or lies in the past.</summary>
    internal static DateTimeOffset? Expiry(string text, DateTimeOffset now)
    {
        const int MaxDays = 36_500;
        if (text.Length > 1 && text[^1] is 'd' or 'h' && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            var days = text[^1] == 'd' ? number : number / 24d;
            return days is > 0 and <= MaxDays ? now.AddDays(days) : null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && date > now ? date : null;
    }
}
