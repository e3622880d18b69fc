using Sluice.Auth;
using Sluice.Configuration;

namespace Sluice.Admin;

internal static class Refusals
{
    /// <summary>Answers what is wrong with a body; false when nothing is.</summary>
    public static async Task<bool> IsRefusedAsync(this HttpContext context, BodyCheck check)
    {
        if (check.IsGood)
        {
            return false;
        }

        await context.WriteProblemAsync(AdminErrors.Invalid(check.Errors), check.Errors);
        return true;
    }

    /// <summary>Answers why a change of the configuration did not come to be; false when it did.</summary>
    /// <param name="context">The request.</param>
    /// <param name="errors">What <see cref="Overlay.ConfigurationChanges.ApplyAsync"/> returned.</param>
    public static async Task<bool> IsRefusedAsync(this HttpContext context, IReadOnlyList<ConfigError>? errors)
    {
        switch (errors)
        {
            case null:
                await context.WriteProblemAsync(AdminErrors.ChangedMeanwhile);
                return true;
            case { Count: > 0 }:
                await context.WriteProblemAsync(AdminErrors.Configuration(errors), AdminErrors.Fields(errors));
                return true;
            default:
                return false;
        }
    }
}
