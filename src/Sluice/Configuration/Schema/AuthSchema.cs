namespace Sluice.Configuration.Schema;

/// <summary>The sections <c>auth</c> and <c>mail</c>.</summary>
internal static class AuthSchema
{
    private static readonly ObjectSchema<LockoutConfig> Lockout = new ObjectSchema<LockoutConfig>(() => new())
        .Key("failures", Values.Integer(0), c => c.Failures, (c, v) => c with { Failures = v }, "Failed sign-ins before an address is locked out, and ten times as many before an account is; 0 locks nobody out.")
        .Key("window", Values.DurationOrSeconds, c => c.Window, (c, v) => c with { Window = v }, "The time in which they are counted.")
        .Key("duration", Values.DurationOrSeconds, c => c.Duration, (c, v) => c with { Duration = v }, "How long the address stays locked out.");

    private static readonly ObjectSchema<GitHubConfig> GitHub = new ObjectSchema<GitHubConfig>(() => new())
        .Key("client_id", Values.OptionalText, c => c.ClientId, (c, v) => c with { ClientId = v }, "The OAuth application's id.")
        .Key("client_secret", Values.Secret, c => c.ClientSecret, (c, v) => c with { ClientSecret = v }, "The OAuth application's secret.")
        .Key("base_url", Values.Url(optional: false, "http", "https"), c => c.BaseUrl, (c, v) => c with { BaseUrl = v }, "Where GitHub is, for GitHub Enterprise.")
        .Key("api_url", Values.Url(optional: false, "http", "https"), c => c.ApiUrl, (c, v) => c with { ApiUrl = v }, "Where its API is.");

    private static readonly ObjectSchema<OidcConfig> Oidc = new ObjectSchema<OidcConfig>(() => new())
        .Key("name", Values.ProviderName, c => c.Name, (c, v) => c with { Name = v }, "How the sign-in is called.", required: true)
        .Key("issuer", Values.Url(optional: false, "http", "https"), c => c.Issuer, (c, v) => c with { Issuer = v }, "The identity provider's issuer URL.", required: true)
        .Key("client_id", Values.Text, c => c.ClientId, (c, v) => c with { ClientId = v }, "The client's id.", required: true)
        .Key("client_secret", Values.Secret, c => c.ClientSecret, (c, v) => c with { ClientSecret = v }, "The client's secret.")
        .Key("scopes", new ListSchema<string>(Values.Text), c => c.Scopes, (c, v) => c with { Scopes = v }, "The scopes to ask for.");

    private static readonly ObjectSchema<SmtpConfig> Smtp = new ObjectSchema<SmtpConfig>(() => new())
        .Key("host", Values.Text, c => c.Host, (c, v) => c with { Host = v }, "The mail server.", required: true)
        .Key("port", Values.Integer(1, 65_535), c => c.Port, (c, v) => c with { Port = v }, "Its port.")
        .Key("username", Values.OptionalText, c => c.Username, (c, v) => c with { Username = v }, "The user, where it asks for one.")
        .Key("password", Values.Secret, c => c.Password, (c, v) => c with { Password = v }, "The user's password.")
        .Key("tls", Values.Boolean, c => c.Tls, (c, v) => c with { Tls = v }, "Whether the connection must be encrypted by STARTTLS.");

    /// <summary>The section <c>auth</c>.</summary>
    public static ObjectSchema<AuthConfig> Auth { get; } = new ObjectSchema<AuthConfig>(() => new())
        .Key("access_token_seconds", Values.Integer(1, 86_400), c => c.AccessTokenSeconds, (c, v) => c with { AccessTokenSeconds = v }, "How long an access token holds.")
        .Key("refresh_token_seconds", Values.Integer(1, 31_536_000), c => c.RefreshTokenSeconds, (c, v) => c with { RefreshTokenSeconds = v }, "How long a session lives on without being renewed.")
        .Key("registration", Values.Choice("open", "invite", "closed"), c => c.Registration, (c, v) => c with { Registration = v }, "Who may make an account: anyone, who was invited, or nobody.")
        .Key("lockout", Lockout, c => c.Lockout, (c, v) => c with { Lockout = v }, "Protection against guessing.")
        .Optional("github", GitHub, c => c.GitHub, (c, v) => c with { GitHub = v }, "Sign-in with GitHub; absent until id and secret are set.")
        .Key("oidc", new ListSchema<OidcConfig>(Oidc).Unique(c => c.Name, "name"), c => c.Oidc, (c, v) => c with { Oidc = v }, "Sign-in with OpenID providers.");

    /// <summary>The section <c>mail</c>.</summary>
    public static ObjectSchema<MailConfig> Mail { get; } = new ObjectSchema<MailConfig>(() => new())
        .Key("from", Values.Text, c => c.From, (c, v) => c with { From = v }, "The sender's address.")
        .Key("folder", Values.FilePath, c => c.Folder, (c, v) => c with { Folder = v }, "A folder in which each mail is written as a file, in place of a mail server.")
        .Optional("smtp", Smtp, c => c.Smtp, (c, v) => c with { Smtp = v }, "The mail server.");
}
