using System.Text.Json.Serialization;

namespace Sluice.Auth;

[JsonSerializable(typeof(string[]))]
internal sealed partial class AuthJson : JsonSerializerContext;
