using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Protocol.Canonical;

namespace Sluice.Admin;

/// <summary>The refusals that the administration's paths share.</summary>
internal static class AdminErrors
{
    public static readonly GatewayError NotFound = new(ErrorKind.NotFound, "not_found", "There is nothing of this id. List the collection to see what there is.");

    public static readonly GatewayError ChangedMeanwhile = new(
        ErrorKind.Conflict, "changed_meanwhile", "Someone else has changed or deleted this at the same moment. Read it again and repeat the change.");

    /// <summary>The file or the environment owns the entry.</summary>
    public static GatewayError ReadOnly(string what, ConfigOrigin origin) => new(
        ErrorKind.Conflict,
        "read_only",
        $"The {what} comes from {Source(origin)} and can only be changed there.");

    public static GatewayError NameTaken(string what, string name) => new(
        ErrorKind.Conflict, "name_taken", $"There is a {what} of the name '{name}' already. Choose another name, or change that one.")
    {
        Param = "name",
    };

    public static GatewayError InUse(string what, string name, IEnumerable<string> users) => new(
        ErrorKind.Conflict, "in_use", $"The {what} '{name}' is used by the models {string.Join(", ", users)}. Change or delete those first.");

    public static GatewayError Invalid(IReadOnlyList<FieldError> fields) => new(
        ErrorKind.InvalidRequest, "invalid_body", $"The member '{fields[0].Field}' {fields[0].Message}.");

    /// <summary>The configuration that would result has mistakes, not all of which need be the caller's.</summary>
    public static GatewayError Configuration(IReadOnlyList<ConfigError> errors) => new(
        ErrorKind.Conflict, "invalid_configuration", $"The configuration as a whole is not valid, and the old one stays in force: {errors[0].Message}.");

    public static IReadOnlyList<FieldError> Fields(IReadOnlyList<ConfigError> errors)
        => [.. errors.Select(error => new FieldError(Place(error), error.Message))];

    private static string Place(ConfigError error)
        => error.Line > 0 ? string.Create(null, $"{error.Source}:{error.Line} {error.Path}") : $"{error.Source} {error.Path}".Trim();

    private static string Source(ConfigOrigin origin) => origin switch
    {
        ConfigOrigin.File => "the configuration file",
        ConfigOrigin.Environment => "an environment variable",
        ConfigOrigin.CommandLine => "the command line",
        ConfigOrigin.Database => "the database",
        _ => "the defaults, or from an environment variable that offers it",
    };
}
