using Sluice.Protocol.Canonical;

namespace Sluice.Pricing;

/// <summary>The refusals that prices give reason for.</summary>
internal static class PricingErrors
{
    /// <summary>No call has more answers: vendors allow 128 at most.</summary>
    public const int MostChoices = 1024;

    /// <summary>The policy is to serve nothing that cannot be charged.</summary>
    public static GatewayError Unpriced(string model) => new(
        ErrorKind.Forbidden,
        "model_unpriced",
        $"No price is known for the model '{model}', and this gateway serves priced models only. Ask the operator to set its price or to import a price list.")
    {
        Param = "model",
    };

    /// <summary>More answers are asked for than any vendor gives.</summary>
    public static GatewayError TooManyChoices(int choices) => new(
        ErrorKind.InvalidRequest,
        "too_many_choices",
        $"{choices} answers were asked for in one call; {MostChoices} is the most. Lower n, best_of or candidateCount.");
}
