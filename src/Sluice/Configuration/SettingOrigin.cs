namespace Sluice.Configuration;

/// <summary>A setting in force and where its value comes from.</summary>
/// <param name="Path">Such as <c>server.urls</c> or <c>providers[0].credentials[0].api_key</c>.</param>
/// <param name="Value">The value as text; <c>***</c> for a secret, and the reference itself (<c>${NAME}</c>) where one was written.</param>
/// <param name="Origin">The layer that set it.</param>
/// <param name="Source">The file or the variable; empty for defaults and the database.</param>
/// <param name="Line">The line in the file; 0 where there is none.</param>
internal sealed record SettingOrigin(string Path, string Value, ConfigOrigin Origin, string Source, int Line);
