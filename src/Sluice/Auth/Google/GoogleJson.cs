using System.Text.Json.Serialization;
using Sluice.Credentials;

namespace Sluice.Auth.Google;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BoundCredential[]))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class GoogleJson : JsonSerializerContext;
