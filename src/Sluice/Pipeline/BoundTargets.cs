using Sluice.Credentials;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>The targets of a call whose caller is bound to certain credentials: those alone, the one whose turn it is by weight first.</summary>
internal static class BoundTargets
{
    /// <param name="candidates">In the order of the route; not changed.</param>
    /// <param name="binding">What the caller is bound to.</param>
    /// <param name="turn">A number that rises with each call.</param>
    public static RouteTarget[] Of(RouteTarget[] candidates, CredentialBinding binding, uint turn)
    {
        var bound = Array.FindAll(candidates, target => Array.Exists(
            target.Provider.Slots, slot => binding.Allows(slot.Provider, slot.Name, target.Provider.Config.Location)));
        if (bound.Length < 2)
        {
            return bound;
        }

        var first = WeightedTurn.Pick(bound, target => WeightOf(target, binding), turn);
        return first == 0 ? bound : [bound[first], .. bound[..first], .. bound[(first + 1)..]];
    }

    private static int WeightOf(RouteTarget target, CredentialBinding binding)
    {
        var weight = 0;
        foreach (var slot in target.Provider.Slots)
        {
            weight += binding.WeightOf(slot.Provider, slot.Name, target.Provider.Config.Location);
        }

        return weight;
    }
}
