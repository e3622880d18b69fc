namespace Sluice.Auth.Accounts;

/// <summary>What a user may do, from least to most.</summary>
internal enum AccountRole
{
    /// <summary>Calls models and minds the own account.</summary>
    User,

    /// <summary>Also sees the administration's operational parts, and switches credentials.</summary>
    Operator,

    /// <summary>Everything.</summary>
    Administrator,
}

/// <summary>Roles as the API and the database spell them.</summary>
internal static class Roles
{
    public static readonly string[] Names = ["user", "operator", "admin"];

    public static string Spelled(this AccountRole role) => Names[(int)role];

    /// <summary>The role of that name, which is one of <see cref="Names"/>.</summary>
    public static AccountRole Parse(string name) => (AccountRole)Array.IndexOf(Names, name);
}
