using System.Globalization;

namespace Sluice.Simulator.Faults;

/// <summary>A status instead of an answer.</summary>
internal enum FailureFault
{
    None,
    Unauthorized,
    Forbidden,
    RateLimited,
    OutOfQuota,
    ServerError,
    Unavailable,
    Overloaded,
}

/// <summary>What happens to an answer on its way.</summary>
internal enum DeliveryFault
{
    None,
    Stall,
    Cut,
    Malformed,
    ErrorFirst,
    ErrorMid,
    WrongContentLength,
    Endless,
    Garbage,
}

internal enum UsageFault
{
    None,

    /// <summary>Every count ten times too high.</summary>
    Wrong,

    /// <summary>No usage at all.</summary>
    Missing,
}

/// <summary>The faults of one call, and the length of its text. README.md has the table.</summary>
internal sealed record FaultPlan
{
    public static readonly FaultPlan None = new();

    public FailureFault Failure { get; init; }

    /// <summary>With <see cref="FailureFault.RateLimited"/>: when to come back.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The first so many calls fail with 500.</summary>
    public int FailFirst { get; init; }

    public DeliveryFault Delivery { get; init; }

    public UsageFault Usage { get; init; }

    public TimeSpan? FirstTokenDelay { get; init; }

    public TimeSpan? TokenDelay { get; init; }

    public int? TextTokens { get; init; }

    /// <summary>
    /// True when every signed part of the current turn must come back, whether or not the vendor lets some go or takes a mark in
    /// their place.
    /// </summary>
    public bool StrictSignatures { get; init; }

    /// <summary>In a realtime session: the code that the socket is closed with in the middle of a response; null for none.</summary>
    public int? CloseCode { get; init; }

    /// <summary>Adds a fault by its written form, <c>name</c> or <c>name=number</c>; null when it is not one.</summary>
    public FaultPlan? With(string written)
    {
        var equals = written.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? written : written[..equals];
        var number = 0;
        if (equals >= 0 && !int.TryParse(written.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return null;
        }

        var given = equals >= 0 ? number : (int?)null;
        return name switch
        {
            "slow-first-token" => this with { FirstTokenDelay = TimeSpan.FromMilliseconds(given ?? 2_000) },
            "slow-tokens" => this with { TokenDelay = TimeSpan.FromMilliseconds(given ?? 100) },
            "tokens" when given is > 0 and <= 1_000_000 => this with { TextTokens = given },
            "fail-first" => this with { FailFirst = given ?? 1 },
            "close" when given is >= 3000 and <= 4999 or 1000 or 1001 or 1008 or 1011 => this with { CloseCode = given },
            "429-after" => this with { Failure = FailureFault.RateLimited, RetryAfter = TimeSpan.FromSeconds(given ?? 1) },
            _ when given is not null => null,
            "429" => this with { Failure = FailureFault.RateLimited },
            "quota" => this with { Failure = FailureFault.OutOfQuota },
            "500" => this with { Failure = FailureFault.ServerError },
            "503" => this with { Failure = FailureFault.Unavailable },
            "529" => this with { Failure = FailureFault.Overloaded },
            "401" => this with { Failure = FailureFault.Unauthorized },
            "403" => this with { Failure = FailureFault.Forbidden },
            "stall" => this with { Delivery = DeliveryFault.Stall },
            "cut" => this with { Delivery = DeliveryFault.Cut },
            "malformed" => this with { Delivery = DeliveryFault.Malformed },
            "error-first" => this with { Delivery = DeliveryFault.ErrorFirst },
            "error-mid" => this with { Delivery = DeliveryFault.ErrorMid },
            "wrong-content-length" => this with { Delivery = DeliveryFault.WrongContentLength },
            "endless" => this with { Delivery = DeliveryFault.Endless },
            "garbage" => this with { Delivery = DeliveryFault.Garbage },
            "wrong-usage" => this with { Usage = UsageFault.Wrong },
            "strict-signatures" => this with { StrictSignatures = true },
            "no-usage" => this with { Usage = UsageFault.Missing },
            _ => null,
        };
    }
}
