using System.Text.Json.Serialization;
using Sluice.Cli.Connect;
using Sluice.Cli.Doctor;
using Sluice.Configuration;

namespace Sluice.Cli;

/// <summary>The answer of a command that failed.</summary>
internal sealed record FailureDocument(bool Ok, string Message, IReadOnlyList<ConfigMessageDocument>? Errors);

/// <summary>An error or a warning of the configuration.</summary>
internal sealed record ConfigMessageDocument(string Source, int? Line, string Path, string Message)
{
    public static ConfigMessageDocument From(ConfigError error) => new(error.Source, error.Line > 0 ? error.Line : null, error.Path, error.Message);

    public static ConfigMessageDocument From(ConfigWarning warning) => new(warning.Source, warning.Line > 0 ? warning.Line : null, warning.Path, warning.Message);
}

/// <summary>The serialisation of every command's answer.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(FailureDocument))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(InitDocument))]
[JsonSerializable(typeof(ConfigValidateDocument))]
[JsonSerializable(typeof(ConfigShowDocument))]
[JsonSerializable(typeof(ConfigSchemaDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(CreatedKeyDocument))]
[JsonSerializable(typeof(KeyListDocument))]
[JsonSerializable(typeof(RevokedKeyDocument))]
[JsonSerializable(typeof(CredentialImportDocument))]
[JsonSerializable(typeof(CredentialTestDocument))]
[JsonSerializable(typeof(PriceImportDocument))]
[JsonSerializable(typeof(UsageExportDocument))]
[JsonSerializable(typeof(ConnectDocument))]
[JsonSerializable(typeof(RouteDocument))]
[JsonSerializable(typeof(SimulatorDocument))]
[JsonSerializable(typeof(ReadyDocument))]
internal sealed partial class CommandJson : JsonSerializerContext;
