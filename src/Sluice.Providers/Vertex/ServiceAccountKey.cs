using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Providers.Vertex;

/// <summary>A Google service account's key file: who it is, and what it signs with. Never printed.</summary>
public sealed class ServiceAccountKey : IDisposable
{
    private const int ShortestKey = 2048;

    private ServiceAccountKey(RSA key) => Key = key;

    /// <summary>Signs assertions; one signature at a time.</summary>
    public RSA Key { get; }

    public required string ClientEmail { get; init; }

    /// <summary>The <c>kid</c> of assertions; empty where the file names none.</summary>
    public required string PrivateKeyId { get; init; }

    /// <summary>The project that calls are made in; empty where the file names none.</summary>
    public required string ProjectId { get; init; }

    /// <summary>Where the key is exchanged for an access token.</summary>
    public required Uri TokenUri { get; init; }

    public void Dispose() => Key.Dispose();

    public override string ToString() => ClientEmail;

    /// <summary>Reads a key file.</summary>
    /// <param name="json">Its content.</param>
    /// <param name="tokenUri">Stands in the place of the file's own where it is not empty: the operator has named it.</param>
    /// <param name="error">What is wrong, in words that hold nothing of the key; null when it was read.</param>
    public static ServiceAccountKey? Parse(string json, string tokenUri, out string? error)
    {
        var members = ReadMembers(json, out error);
        if (error is not null)
        {
            return null;
        }

        string Member(string name) => members!.GetValueOrDefault(name, "");
        var type = Member("type");
        if (type != "service_account")
        {
            error = type.Length == 0
                ? "it is not a Google key file: its member \"type\" is missing"
                : "it is not the key file of a service account: its \"type\" is another";
            return null;
        }

        if (Array.Find(["client_email", "private_key"], name => Member(name).Length == 0) is { } missing)
        {
            error = $"it is not a whole key file: its member \"{missing}\" is missing";
            return null;
        }

        var endpoint = tokenUri.Length > 0 ? tokenUri : Member("token_uri") is { Length: > 0 } own ? own : TokenOrigins.Google;
        if ((error = TokenOrigins.Refuse(endpoint, isOperators: tokenUri.Length > 0)) is not null || ReadKey(Member("private_key"), out error) is not { } key)
        {
            return null;
        }

        return new ServiceAccountKey(key)
        {
            ClientEmail = Member("client_email"),
            PrivateKeyId = Member("private_key_id"),
            ProjectId = Member("project_id"),
            TokenUri = new Uri(endpoint, UriKind.Absolute),
        };
    }

    private static Dictionary<string, string>? ReadMembers(string json, out string? error)
    {
        error = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var members = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var member in document.RootElement.EnumerateObject().Where(one => one.Value.ValueKind == JsonValueKind.String))
                {
                    members[member.Name] = member.Value.GetString()!;
                }

                return members;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a string that is no text: said below, without a word of what may be a secret.
        }

        error = "it is not a Google key file: it is not a JSON object";
        return null;
    }

    private static RSA? ReadKey(string pem, out string? error)
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);

            // A public key imports as well; only a private one has this.
            _ = key.ExportParameters(includePrivateParameters: true);
            error = key.KeySize < ShortestKey ? $"its private key has {key.KeySize} bits and needs {ShortestKey}" : null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            error = "its \"private_key\" is not a private RSA key in PEM";
        }

        if (error is null)
        {
            return key;
        }

        key.Dispose();
        return null;
    }
}
