using System.Text.Json.Serialization;

namespace Sluice.Auth.Google;

/// <summary>A Google service account's key file, as the console of Google Cloud writes it.</summary>
internal sealed record GoogleKeyFile
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "service_account";

    public required string ProjectId { get; init; }
    public required string PrivateKeyId { get; init; }

    /// <summary>PKCS#8 in PEM.</summary>
    public required string PrivateKey { get; init; }

    public required string ClientEmail { get; init; }
    public required string ClientId { get; init; }
    public string AuthUri { get; init; } = "https://accounts.google.com/o/oauth2/auth";

    /// <summary>Sluice.</summary>
    public required string TokenUri { get; init; }

    [JsonPropertyName("auth_provider_x509_cert_url")]
    public required string AuthProviderX509CertUrl { get; init; }

    [JsonPropertyName("client_x509_cert_url")]
    public required string ClientX509CertUrl { get; init; }

    public string UniverseDomain { get; init; } = "googleapis.com";
}
