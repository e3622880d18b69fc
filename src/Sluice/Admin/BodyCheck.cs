using Sluice.Auth;
using Sluice.Auth.Accounts;
using Sluice.Configuration;
using Sluice.Configuration.Schema;
using Sluice.Providers;

namespace Sluice.Admin;

/// <summary>Checks the members of a body and collects everything that is wrong, so that one answer names it all.</summary>
internal sealed class BodyCheck
{
    private const int LongestName = 200;
    private const int LongestLabel = 40;
    private const int LongestSecret = 16 * 1024;
    private const int MostTags = 32;
    private const int LargestNumber = 1_000_000;

    /// <summary>What a 64-bit count of nano-USD holds.</summary>
    private const decimal LargestAmount = 9_000_000_000m;

    private static readonly string[] BudgetPeriods = ["minute", "hour", "day", "week", "month", "total"];
    private static readonly string[] Strategies = ["priority", "weighted", "round_robin", "least_busy", "cost", "quality", "speed", "adaptive"];
    private static readonly string[] Scopes = ["inference", "admin"];

    private readonly List<FieldError> _errors = [];

    public IReadOnlyList<FieldError> Errors => _errors;

    public bool IsGood => _errors.Count == 0;

    public void Refuse(string field, string message) => _errors.Add(new FieldError(field, message));

    /// <summary>A name as people write it: any characters save control characters, no blanks around it.</summary>
    public string Name(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Refuse(field, "is missing");
        }
        else if (value.Length > LongestName || value.Any(char.IsControl) || value.AsSpan().Trim().Length != value.Length)
        {
            Refuse(field, $"must have at most {LongestName} characters, no control characters and no blanks around it");
        }

        return value ?? "";
    }

    /// <summary>A provider's name: <c>provider/model</c> addresses a model of one provider.</summary>
    public string ProviderName(string field, string? value)
    {
        var name = Name(field, value);
        if (name.Contains('/', StringComparison.Ordinal) || name.Any(char.IsWhiteSpace))
        {
            Refuse(field, "must have no slash and no blanks");
        }

        return name;
    }

    public Secret Secret(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Refuse(field, "is missing");
        }
        else if (value.Length > LongestSecret || value.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            Refuse(field, $"must be one line of at most {LongestSecret} characters");
        }

        return new Secret(value);
    }

    /// <summary>A word that settings refer to, such as a tier: lower-case letters, digits, dashes and underscores.</summary>
    public string Label(string field, string? value)
    {
        if (value is not { Length: > 0 and <= LongestLabel } || !value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
        {
            Refuse(field, $"must have at most {LongestLabel} lower-case letters, digits, dashes and underscores");
        }

        return value ?? "";
    }

    /// <summary>An e-mail address, in lower case.</summary>
    public string Email(string field, string? value)
    {
        var email = EmailAddress.Normalise(value);
        if (email is null)
        {
            Refuse(field, "must be an e-mail address");
        }

        return email ?? "";
    }

    /// <summary>A new password.</summary>
    public void Password(string field, string? value)
    {
        if (PasswordHash.Complaint(value) is { } complaint)
        {
            Refuse(field, complaint);
        }
    }

    public int Number(string field, int? value, int fallback)
    {
        if (value is < 0 or > LargestNumber)
        {
            Refuse(field, $"must be from 0 to {LargestNumber}");
        }

        return value ?? fallback;
    }

    /// <summary>Words to group by, each once; null stays null.</summary>
    public IReadOnlyList<string>? Tags(IReadOnlyList<string?>? values)
    {
        if (values?.Count > MostTags)
        {
            Refuse("tags", $"must be at most {MostTags}");
        }

        return values is null ? null : [.. values.Select((value, i) => Name($"tags[{i}]", value)).Distinct()];
    }

    /// <summary>The address of an HTTP or SOCKS5 proxy, with user and password where it asks for them; empty for none.</summary>
    public string Proxy(string? value) => Url("proxy", value, "http", "socks5", "socks5h");

    public IReadOnlyList<string> OneOrMoreOf(string field, IReadOnlyList<string?>? values, IReadOnlyList<string> choices)
    {
        for (var i = 0; i < values?.Count; i++)
        {
            if (values[i] is not { } value || !choices.Contains(value))
            {
                Refuse($"{field}[{i}]", $"must be one of {string.Join(", ", choices)}");
            }
        }

        return [.. values?.OfType<string>() ?? []];
    }

    public string OneOf(string field, string? value, IReadOnlyList<string> choices)
    {
        if (value is null || !choices.Contains(value))
        {
            Refuse(field, $"must be one of {string.Join(", ", choices)}");
        }

        return value ?? "";
    }

    /// <summary>Names or patterns of models; null stays null.</summary>
    public IReadOnlyList<string>? ModelPatterns(string field, IReadOnlyList<string?>? values)
    {
        for (var i = 0; i < values?.Count; i++)
        {
            Name($"{field}[{i}]", values[i]);
        }

        return values is null ? null : [.. values.OfType<string>()];
    }

    public IReadOnlyList<string> KeyScopes(IReadOnlyList<string?>? values) => OneOrMoreOf("scopes", values ?? ["inference"], Scopes);

    public LimitsConfig? Limits(LimitsBody? body)
    {
        if (body is null)
        {
            return null;
        }

        Limit("limits.rpm", body.Rpm);
        Limit("limits.tpm", body.Tpm);
        Limit("limits.concurrency", body.Concurrency);
        return new LimitsConfig { Rpm = body.Rpm, Tpm = body.Tpm, Concurrency = body.Concurrency };
    }

    public BudgetConfig? Budget(BudgetBody? body)
    {
        if (body is null)
        {
            return null;
        }

        if (body.Usd is null)
        {
            Refuse("budget.usd", "is missing");
        }

        Amount("budget.usd", body.Usd);
        return new BudgetConfig { Usd = body.Usd ?? 0, Per = OneOf("budget.per", body.Per ?? "total", BudgetPeriods) };
    }

    /// <summary>The budget of a policy, with everything that the file's can say.</summary>
    public BudgetConfig SharedBudget(ReplaceBudgetBody body)
    {
        if (body.Usd is null)
        {
            Refuse("usd", "is missing");
        }

        Amount("usd", body.Usd);
        var zone = body.TimeZone ?? "UTC";
        if (!Values.TimeZone.TryParse(zone, out _, out var error))
        {
            Refuse("time_zone", error);
        }

        for (var i = 0; i < body.Alerts?.Count; i++)
        {
            if (body.Alerts[i] is <= 0 or > 1)
            {
                Refuse($"alerts[{i}]", "must be above 0 and up to 1");
            }
        }

        var defaults = new BudgetConfig();
        return new BudgetConfig
        {
            Usd = body.Usd ?? 0,
            Per = OneOf("per", body.Per ?? defaults.Per, BudgetPeriods),
            TimeZone = zone,
            Mode = OneOf("mode", body.Mode ?? defaults.Mode, ["enforce", "shadow"]),
            Alerts = body.Alerts ?? defaults.Alerts,
            OnExceed = OneOf("on_exceed", body.OnExceed ?? defaults.OnExceed, ["refuse", "clamp"]),
        };
    }

    public DateTimeOffset? Future(string field, DateTimeOffset? value, DateTimeOffset now)
    {
        if (value <= now)
        {
            Refuse(field, "must be in the future");
        }

        return value;
    }

    /// <summary>An absolute URL without query and fragment; empty is left to the caller.</summary>
    public string Url(string field, string? value, params ReadOnlySpan<string> schemes)
    {
        var text = (value ?? "").Trim().TrimEnd('/');
        if (text.Length > 0
            && (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !schemes.Contains(url.Scheme) || url.Host.Length == 0
                || url.Query.Length > 0 || url.Fragment.Length > 0))
        {
            Refuse(field, $"must be a URL that begins with {string.Join(" or ", schemes.ToArray().Select(scheme => scheme + "://"))}, without query and fragment");
        }

        return text;
    }

    public TimeoutsConfig Timeouts(TimeoutsBody? body)
    {
        var defaults = new TimeoutsConfig();
        return body is null ? defaults : new TimeoutsConfig
        {
            Connect = Duration("timeouts.connect", body.Connect, defaults.Connect),
            FirstToken = Duration("timeouts.first_token", body.FirstToken, defaults.FirstToken),
            Idle = Duration("timeouts.idle", body.Idle, defaults.Idle),
            Total = Duration("timeouts.total", body.Total, defaults.Total),
        };
    }

    public string Strategy(string? value) => OneOf("strategy", value ?? "priority", Strategies);

    /// <summary>At least one target, each at a provider that exists.</summary>
    public IReadOnlyList<TargetConfig> Targets(IReadOnlyList<TargetBody?>? bodies, IEnumerable<string> providers)
    {
        if (bodies is not { Count: > 0 })
        {
            Refuse("targets", "must have at least one target");
            return [];
        }

        var known = providers.ToHashSet(StringComparer.Ordinal);
        return [.. bodies.Select((body, i) => Target($"targets[{i}]", body, known))];
    }

    /// <summary>Refuses a provider that does not exist.</summary>
    public void Exists(string field, string? provider, IReadOnlyCollection<string> known)
    {
        if (string.IsNullOrEmpty(provider))
        {
            Refuse(field, "is missing");
        }
        else if (!known.Contains(provider))
        {
            Refuse(field, $"names no provider; there are {(known.Count == 0 ? "none yet" : string.Join(", ", known))}");
        }
    }

    private TargetConfig Target(string field, TargetBody? body, HashSet<string> known)
    {
        if (body is null)
        {
            Refuse(field, "is null");
            return new TargetConfig();
        }

        Exists(field + ".provider", body.Provider, known);
        if (!string.IsNullOrEmpty(body.Model))
        {
            Name(field + ".model", body.Model);
        }

        return new TargetConfig
        {
            Provider = body.Provider ?? "",
            Model = body.Model ?? "",
            Priority = Number(field + ".priority", body.Priority, 1),
            Weight = Number(field + ".weight", body.Weight, 1),
            Price = Price(field + ".price", body.Price),
        };
    }

    private ModelPrice? Price(string field, PriceBody? body)
    {
        if (body is null)
        {
            return null;
        }

        Amount(field + ".input", body.Input);
        Amount(field + ".output", body.Output);
        Amount(field + ".cache_read", body.CacheRead);
        Amount(field + ".cache_write_5m", body.CacheWrite5m);
        Amount(field + ".cache_write_1h", body.CacheWrite1h);
        Amount(field + ".reasoning", body.Reasoning);
        Amount(field + ".audio_input", body.AudioInput);
        Amount(field + ".audio_output", body.AudioOutput);
        Amount(field + ".image_input", body.ImageInput);
        Amount(field + ".image_output", body.ImageOutput);
        Amount(field + ".image", body.Image);
        Amount(field + ".second", body.Second);
        Amount(field + ".page", body.Page);
        Amount(field + ".character", body.Character);
        Amount(field + ".request", body.Request);
        Amount(field + ".web_search", body.WebSearch);
        return new ModelPrice
        {
            Input = body.Input,
            Output = body.Output,
            CacheRead = body.CacheRead,
            CacheWrite5m = body.CacheWrite5m,
            CacheWrite1h = body.CacheWrite1h,
            Reasoning = body.Reasoning,
            AudioInput = body.AudioInput,
            AudioOutput = body.AudioOutput,
            ImageInput = body.ImageInput,
            ImageOutput = body.ImageOutput,
            Image = body.Image,
            Images = [.. body.Images?.Select((image, i) => Image($"{field}.images[{i}]", image)) ?? []],
            Second = body.Second,
            Page = body.Page,
            Character = body.Character,
            Request = body.Request,
            WebSearch = body.WebSearch,
        };
    }

    private ImagePrice Image(string field, ImagePriceBody? body)
    {
        if (body?.Usd is null)
        {
            Refuse(field + ".usd", "is missing");
        }

        Amount(field + ".usd", body?.Usd);
        return new ImagePrice(body?.Usd ?? 0) { Size = body?.Size, Quality = body?.Quality };
    }

    private TimeSpan Duration(string field, string? text, TimeSpan fallback)
    {
        if (text is null)
        {
            return fallback;
        }

        if (!DurationText.TryParse(text, out var value, out var error))
        {
            Refuse(field, error);
        }
        else if (value == TimeSpan.Zero)
        {
            Refuse(field, "must be more than 0");
        }

        return value;
    }

    private void Limit(string field, long? value)
    {
        if (value < 0)
        {
            Refuse(field, "must not be negative");
        }
    }

    private void Amount(string field, decimal? value)
    {
        if (value is < 0 or > LargestAmount)
        {
            Refuse(field, $"must be from 0 to {LargestAmount}");
        }
    }
}
