using System.Buffers;
using Sluice.Configuration.Reading;
using Sluice.Providers.Vertex;

namespace Sluice.Configuration.Schema;

/// <summary>What a provider's type asks of its other settings.</summary>
internal static class ProviderRules
{
    private static readonly SearchValues<char> LocationCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

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
            var place = path.Key("credentials").Item(i);
            if (type is { Served: true, BaseUrlOfLocation: not null })
            {
                CheckKeyFile(ServiceAccountFiles.Fill(credential), provider, node, place, context);
            }
            else if (type is { Served: true, RequiresCredential: true } && credential.ApiKey.IsEmpty)
            {
                context.Warn(node.Position, place, $"the credential {credential.Name} of {provider.Name} has no \"api_key\"");
            }
        }

        if (provider.Location.AsSpan().ContainsAnyExcept(LocationCharacters))
        {
            context.Error(node.Position, path.Key("location"), "a location has small letters, digits and dashes, such as europe-west1");
        }
    }

    /// <summary>Warnings, not errors: one bad key file must not keep the others from serving.</summary>
    private static void CheckKeyFile(CredentialConfig credential, ProviderConfig provider, ConfigNode node, ConfigPath place, ReadContext context)
    {
        if (credential is { IsExchanged: false, ApiKey.IsEmpty: true })
        {
            context.Warn(node.Position, place, $"the credential {credential.Name} of {provider.Name} has neither a service account nor an \"api_key\"");
            return;
        }

        var error = credential.KeyFileError;
        if (!credential.KeyFile.IsEmpty)
        {
            using var key = ServiceAccountKey.Parse(credential.KeyFile.Reveal(), credential.TokenUri, out var wrong);
            error = wrong ?? "";
        }

        if (error.Length > 0)
        {
            context.Warn(node.Position, place, $"the key file of {credential.Name} of {provider.Name} cannot be used: {error}");
        }
    }
}
