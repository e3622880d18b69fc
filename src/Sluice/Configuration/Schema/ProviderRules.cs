using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>What a provider's type asks of its other settings.</summary>
internal static class ProviderRules
{
    public static void Check(ProviderConfig provider, ConfigNode node, ConfigPath path, ReadContext context)
    {
        if (context.ProviderTypes.Find(provider.Type) is not { } type)
        {
            return;
        }

        if (type.RequiresBaseUrl && provider.BaseUrl.Length == 0)
        {
            context.Error(node.Position, path.Key("base_url"), $"\"base_url\" is missing; the type {type.Type} has no default");
        }

        if (!type.Served)
        {
            context.Warn(node.Position, path.Key("type"), $"the type {type.Type} is not served in this version of Sluice; targets of {provider.Name} are unavailable");
        }
        else if (type.RequiresCredential && provider.Credentials.Count == 0)
        {
            context.Warn(node.Position, path, $"{provider.Name} has no credentials, so that no call can go there");
        }

        for (var i = 0; i < provider.Credentials.Count; i++)
        {
            var credential = provider.Credentials[i];
            if (type is { Served: true, RequiresCredential: true } && credential.ApiKey.IsEmpty)
            {
                context.Warn(node.Position, path.Key("credentials").Item(i), $"the credential {credential.Name} of {provider.Name} has no \"api_key\"");
            }
        }
    }
}
