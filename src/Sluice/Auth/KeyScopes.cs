namespace Sluice.Auth;

/// <summary>What a credential may be used for beside its role.</summary>
[Flags]
internal enum KeyScopes
{
    None = 0,

    /// <summary>Calls of models.</summary>
    Inference = 1,

    /// <summary>Reading the own account.</summary>
    AccountRead = 2,

    /// <summary>Reading and changing the own account.</summary>
    Account = 4 | AccountRead,

    /// <summary>What a session may.</summary>
    All = Inference | Account,
}

/// <summary>Scopes as the API and the database spell them.</summary>
internal static class KeyScopeNames
{
    private static readonly (string Name, KeyScopes Scope)[] Known =
        [("inference", KeyScopes.Inference), ("account:read", KeyScopes.AccountRead), ("account", KeyScopes.Account)];

    public static IReadOnlyList<string> All { get; } = [.. Known.Select(known => known.Name)];

    public static KeyScopes Parse(IEnumerable<string> names)
        => names.Aggregate(KeyScopes.None, (scopes, name) => scopes | Array.Find(Known, known => known.Name == name).Scope);
}
