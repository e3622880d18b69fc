using System.Text.Json.Serialization;
using Sluice.Configuration;

namespace Sluice.Admin.Overlay;

/// <summary>What a credential's sealed column holds: the proxy's URL may contain a password, and a service account's key file is one secret.</summary>
internal sealed record SealedSecret(string ApiKey, string Proxy, string ServiceAccount = "");

/// <summary>The JSON columns of the configuration tables.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(TimeoutsConfig))]
[JsonSerializable(typeof(TargetConfig[]))]
[JsonSerializable(typeof(SealedSecret))]
internal sealed partial class OverlayJson : JsonSerializerContext;
