namespace Sluice.Admin;

/// <param name="Path">Such as <c>server.urls</c>.</param>
/// <param name="Value">Secrets are masked.</param>
/// <param name="Origin">default, file, environment, command_line or database.</param>
/// <param name="Source">The file or the variable; null where there is none.</param>
/// <param name="Line">The line of the file; null where there is none.</param>
internal sealed record SettingItem(string Path, string Value, string Origin, string? Source, int? Line);

/// <param name="Generation">Raised with every change.</param>
/// <param name="Settings">What is in force.</param>
internal sealed record ConfigurationItem(long Generation, IReadOnlyList<SettingItem> Settings);

internal sealed record ReloadedItem(long Generation);

/// <param name="Token">From the link that the service prints when it starts.</param>
/// <param name="Name">How the new key is called; <c>administrator</c> when absent.</param>
internal sealed record SetupBody(string? Token = null, string? Name = null);
