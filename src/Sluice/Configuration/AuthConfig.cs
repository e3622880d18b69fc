namespace Sluice.Configuration;

/// <summary>Accounts and sign-in.</summary>
internal sealed record AuthConfig
{
    /// <summary>How long an access token holds, in seconds. Default 15 min.</summary>
    public int AccessTokenSeconds { get; init; } = 900;

    /// <summary>How long a session lives on without being renewed, in seconds. Default 30 days.</summary>
    public int RefreshTokenSeconds { get; init; } = 30 * 24 * 3600;

    /// <summary>open, invite or closed: who may make an account. Default closed: who has an account may spend.</summary>
    public string Registration { get; init; } = "closed";

    public LockoutConfig Lockout { get; init; } = new();

    /// <summary>Sign-in with GitHub; null for none.</summary>
    public GitHubConfig? GitHub { get; init; }

    /// <summary>Sign-in with identity providers.</summary>
    public IReadOnlyList<OidcConfig> Oidc { get; init; } = [];
}

/// <summary>Protection against guessing passwords.</summary>
internal sealed record LockoutConfig
{
    /// <summary>Failed sign-ins of one address before it is locked out; of one account it takes ten times as many. Default 10.</summary>
    public int Failures { get; init; } = 10;

    /// <summary>The time in which they are counted. Default 15 min.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long it stays locked out. Default 15 min.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(15);
}

internal sealed record GitHubConfig
{
    public string ClientId { get; init; } = "";
    public Secret ClientSecret { get; init; }

    /// <summary>Where GitHub is. Default <c>https://github.com</c>.</summary>
    public string BaseUrl { get; init; } = "https://github.com";

    /// <summary>Where its API is. Default <c>https://api.github.com</c>.</summary>
    public string ApiUrl { get; init; } = "https://api.github.com";
}

/// <summary>An OpenID provider.</summary>
internal sealed record OidcConfig
{
    /// <summary>How the sign-in is called in <c>?provider=</c>.</summary>
    public string Name { get; init; } = "";

    public string Issuer { get; init; } = "";
    public string ClientId { get; init; } = "";
    public Secret ClientSecret { get; init; }

    /// <summary>Default openid, email and profile.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "email", "profile"];
}

/// <summary>How mails to people are sent; none are while neither way is set.</summary>
internal sealed record MailConfig
{
    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "sluice@localhost";

    /// <summary>A folder in which each mail is written as a file; empty for none.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The mail server; null for none.</summary>
    public SmtpConfig? Smtp { get; init; }

    /// <summary>True when mails can be sent.</summary>
    public bool IsOn => Folder.Length > 0 || Smtp is not null;
}

internal sealed record SmtpConfig
{
    public string Host { get; init; } = "";
    public int Port { get; init; } = 587;
    public string Username { get; init; } = "";
    public Secret Password { get; init; }

    /// <summary>Whether STARTTLS is demanded. Default true.</summary>
    public bool Tls { get; init; } = true;
}
