using Sluice.Configuration;
using Sluice.Protocol;

namespace Sluice.Credentials;

/// <summary>Which credentials of a provider a call may go out with; the default allows all.</summary>
/// <param name="Operation">What is asked of the upstream; null for anything.</param>
/// <param name="Binding">What the caller is bound to; null for all.</param>
/// <param name="Place">The project and region that began what the call is about; null for any.</param>
internal readonly record struct LeaseFilter(Operation? Operation, CredentialBinding? Binding, OperationPlace? Place)
{
    public bool Allows(ProviderConfig provider, CredentialSlot slot)
        => (Operation is null || slot.Serves(Operation))
            && (Binding is null || Binding.Allows(slot.Provider, slot.Name, provider.Location))
            && (Place is null || Place.Matches(slot.Account?.Project ?? "", provider.Location));
}

/// <summary>Where a long-running operation was begun, as its name says: nobody else knows of it.</summary>
/// <param name="Project">The project's id.</param>
/// <param name="Location">The region.</param>
internal sealed record OperationPlace(string Project, string Location)
{
    /// <summary>True for a credential of that project and region; one without a project, an API key, knows its own.</summary>
    public bool Matches(string project, string location) => (project.Length == 0 || project == Project) && (location.Length == 0 || location == Location);
}
