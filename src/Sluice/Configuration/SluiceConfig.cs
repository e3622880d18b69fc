namespace Sluice.Configuration;

/// <summary>The whole of <c>sluice.yaml</c>, overlaid with the environment, as it was read: immutable, validated, secrets resolved.</summary>
internal sealed record SluiceConfig
{
    public ServerConfig Server { get; init; } = new();
    public DatabaseConfig Database { get; init; } = new();
    public RedisConfig Redis { get; init; } = new();
    public IReadOnlyList<ProviderConfig> Providers { get; init; } = [];
    public IReadOnlyList<ModelConfig> Models { get; init; } = [];
    public IReadOnlyList<KeyConfig> Keys { get; init; } = [];
    public PricingConfig Pricing { get; init; } = new();
    public IReadOnlyList<SharedBudgetConfig> Budgets { get; init; } = [];

    /// <summary>Limits beside those of a key; of each <see cref="LimitRuleConfig.Per"/> the first that matches counts.</summary>
    public IReadOnlyList<LimitRuleConfig> Limits { get; init; } = [];

    public ResponsesConfig Responses { get; init; } = new();

    public IReadOnlyDictionary<string, ServiceConfig> Services { get; init; } = new Dictionary<string, ServiceConfig>();
    public AuthConfig Auth { get; init; } = new();
    public MailConfig Mail { get; init; } = new();
    public McpConfig Mcp { get; init; } = new();
}

/// <summary>Where a value comes from; the admin API shows it and refuses to change what a file owns.</summary>
internal enum ConfigOrigin
{
    /// <summary>Built in, or offered because an environment variable is set.</summary>
    Default,
    File,
    Environment,
    Database,

    /// <summary>An option such as <c>--urls</c>.</summary>
    CommandLine,
}

internal sealed record ServerConfig
{
    /// <summary>Semicolon-separated listen addresses. Default <c>http://127.0.0.1:8080</c>.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Where the database, journal and key file live. Default <c>./data</c>.</summary>
    public string Data { get; init; } = "./data";

    public TlsConfig? Tls { get; init; }

    /// <summary>What clients call Sluice: links in mails, key files and the issuer of tokens begin with it. When empty, the first of <see cref="Urls"/>, or what a request came to.</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>Requests at the same time from one address; 0 means no limit.</summary>
    public int MaxConcurrentPerIp { get; init; }

    /// <summary>Addresses and networks of proxies whose forwarding headers are believed. Default none.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Origins of pages elsewhere that may call Sluice from a browser. Default none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>How long streams may run on after a stop was asked for, in seconds. Default 30.</summary>
    public int DrainSeconds { get; init; } = 30;

    /// <summary>
    /// Whether a call is written to the journal before it is made. Without it a crash loses what the database has not got
    /// yet. Default true.
    /// </summary>
    public bool Journal { get; init; } = true;

    /// <summary>The largest request body of a model call in bytes. Default 32 MiB, the largest that a vendor takes (Anthropic).</summary>
    public long MaxRequestBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>The deepest nesting of a JSON request body. Default 128.</summary>
    public int MaxJsonDepth { get; init; } = 128;

    /// <summary>How long a stream may be silent before a keep-alive in the client's dialect is sent. Default 15 s; 0 switches it off.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a client may refuse to take bytes before it is cut. Default 15 s.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an upstream is read on for its usage after the client has left. Default 10 s.</summary>
    public TimeSpan DetachedDrain { get; init; } = TimeSpan.FromSeconds(10);
}

internal sealed record TlsConfig
{
    public string Certificate { get; init; } = "";
    public string Key { get; init; } = "";
}

internal sealed record DatabaseConfig
{
    public string Url { get; init; } = "";
}

internal sealed record RedisConfig
{
    public string Url { get; init; } = "";
}

internal sealed record ProviderConfig
{
    public string Name { get; init; } = "";

    /// <summary>A provider type, such as <c>openai</c>, or the id of a row of the compatible vendors, such as <c>groq</c>.</summary>
    public string Type { get; init; } = "";

    public string BaseUrl { get; init; } = "";
    public string Location { get; init; } = "";

    /// <summary>Dialects that the upstream speaks, by configuration name; empty means what the type says.</summary>
    public IReadOnlyList<string> Dialects { get; init; } = [];

    public IReadOnlyList<CredentialConfig> Credentials { get; init; } = [];
    public TimeoutsConfig Timeouts { get; init; } = new();
    public PoolConfig Pool { get; init; } = new();

    /// <summary>How long before its end an access token is renewed; null for what suits its kind (five minutes for service accounts).</summary>
    public TimeSpan? RefreshEarly { get; init; }

    /// <summary>The version that Claude on a cloud platform is asked in; empty for the platform's usual one.</summary>
    public string AnthropicVersion { get; init; } = "";

    public ConfigOrigin Origin { get; init; }
}

/// <summary>When a provider's credentials are taken out by themselves, and how they come back.</summary>
internal sealed record PoolConfig
{
    /// <summary>
    /// Errors in a row after which a credential is disabled, provided that others of the provider worked meanwhile; 0 for
    /// never. Default 10.
    /// </summary>
    public int DisableAfter { get; init; } = 10;

    /// <summary>
    /// How long until a free call finds out whether a credential works again that was disabled or expired by itself; twice as
    /// long after each relapse, up to an hour. Default 60 s.
    /// </summary>
    public TimeSpan RecoveryProbe { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>How long each phase of an upstream call may take.</summary>
internal sealed record TimeoutsConfig
{
    /// <summary>Name resolution, TCP and TLS. Default 10 s.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the request's last byte to the first byte of the answer's body. Default 10 min, what vendors' SDKs wait.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest silence inside an answer. Default 5 min.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The whole call. Default 1 h.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromHours(1);
}

internal sealed record CredentialConfig
{
    public string Name { get; init; } = "";
    public Secret ApiKey { get; init; }
    public int Weight { get; init; } = 1;

    /// <summary>Calls at the same time; 0 means no limit.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>Calls that make images, at the same time; 0 means no limit of their own.</summary>
    public int ImageConcurrency { get; init; }

    /// <summary>Calls that make videos, at the same time; 0 means no limit of their own.</summary>
    public int VideoConcurrency { get; init; }

    /// <summary>What the operator groups credentials by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary><c>http://</c> or <c>socks5://</c>; empty for none.</summary>
    public string Proxy { get; init; } = "";

    /// <summary>The path of a Google service account's key file (vertex); empty for none.</summary>
    public string ServiceAccountFile { get; init; } = "";

    /// <summary>The content of such a file, in its place.</summary>
    public Secret ServiceAccountJson { get; init; }

    /// <summary>Where the key is exchanged for access tokens; empty takes what the key file says.</summary>
    public string TokenUri { get; init; } = "";

    /// <summary>The content of the key file, however it was given; empty where there is none. Filled when the configuration is complete.</summary>
    public Secret KeyFile { get; init; }

    /// <summary>Why the key file could not be read; empty when it was, or when none is named.</summary>
    public string KeyFileError { get; init; } = "";

    /// <summary>True when calls go out with an access token that the credential is exchanged for.</summary>
    public bool IsExchanged => !KeyFile.IsEmpty || KeyFileError.Length > 0;

    public ConfigOrigin Origin { get; init; }

    /// <summary>Set by an administrator; a disabled credential serves nothing.</summary>
    public bool Disabled { get; init; }
}

internal sealed record ModelConfig
{
    /// <summary>What clients ask for; <c>*</c> stands for any run of characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>priority, weighted, round_robin, least_busy, cost, quality, speed or adaptive. Default priority.</summary>
    public string Strategy { get; init; } = "priority";

    public IReadOnlyList<TargetConfig> Targets { get; init; } = [];
    public ConfigOrigin Origin { get; init; }
}

internal sealed record TargetConfig
{
    public string Provider { get; init; } = "";

    /// <summary>The vendor's model id; empty, or a <c>*</c>, takes the name that the client asked for.</summary>
    public string Model { get; init; } = "";

    public int Priority { get; init; } = 1;
    public int Weight { get; init; } = 1;
    public Sluice.Providers.ModelPrice? Price { get; init; }
}

/// <summary>What prices decide beside the account.</summary>
internal sealed record PricingConfig
{
    /// <summary>allow or refuse: whether a model without a known price is served. Default allow.</summary>
    public string Unpriced { get; init; } = "allow";

    /// <summary>True when a call that cannot be charged is refused.</summary>
    public bool RefusesUnpriced => Unpriced == "refuse";
}

/// <summary>How answers of the Responses API are kept for later calls.</summary>
internal sealed record ResponsesConfig
{
    /// <summary>How long an answer is kept, counted anew when a later one goes on from it. Default 30 days, as OpenAI does; 0 keeps none.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The largest answer that is kept, with its own input, in bytes. Default 8 MiB.</summary>
    public long MaxBytes { get; init; } = 8L * 1024 * 1024;

    /// <summary>The most answers that are kept of one key; the oldest go first. Default 10 000.</summary>
    public int MaxPerKey { get; init; } = 10_000;

    /// <summary>The most bytes that are kept of one key; the oldest go first. Default 1 GiB.</summary>
    public long MaxBytesPerKey { get; init; } = 1024L * 1024 * 1024;

    /// <summary>relay or refuse: what becomes of an id that Sluice did not see, where one credential alone could own it. Default relay.</summary>
    public string Unknown { get; init; } = "relay";

    /// <summary>True when ids made elsewhere go to the vendor.</summary>
    public bool RelaysUnknown => Unknown == "relay";
}

internal sealed record KeyConfig
{
    public string Name { get; init; } = "";
    public Secret Key { get; init; }

    /// <summary>Model names or patterns that the key may use; <c>*</c> for all. Default all.</summary>
    public IReadOnlyList<string> Models { get; init; } = ["*"];

    /// <summary>Tools that the key may use, as <c>server/tool</c> with <c>*</c> for any run of characters. Default none.</summary>
    public IReadOnlyList<string> Mcp { get; init; } = [];

    public LimitsConfig Limits { get; init; } = new();
    public BudgetConfig? Budget { get; init; }

    /// <summary>Whose key it is; empty when it is nobody's in particular. Budgets of users count by it.</summary>
    public string User { get; init; } = "";

    /// <summary>The team that the key belongs to; empty for none. Budgets of teams count by it.</summary>
    public string Team { get; init; } = "";
}

/// <summary>Each limit stands alone; null means none.</summary>
internal sealed record LimitsConfig
{
    /// <summary>Requests per minute.</summary>
    public long? Rpm { get; init; }

    /// <summary>Tokens per minute, input and output.</summary>
    public long? Tpm { get; init; }

    /// <summary>Calls at the same time.</summary>
    public long? Concurrency { get; init; }
}

/// <summary>Limits that each subject of a kind has for itself.</summary>
internal sealed record LimitRuleConfig
{
    /// <summary>key, user, model, address or global.</summary>
    public string Per { get; init; } = "";

    /// <summary>The name or pattern of the subjects: a key's name, a user's id, a model as it is asked for, an address. Default all.</summary>
    public string Match { get; init; } = "*";

    public LimitsConfig Limits { get; init; } = new();
}

/// <summary>How much may be spent in which time, and what happens then.</summary>
internal sealed record BudgetConfig
{
    /// <summary>One instance, so that equal settings are equal records.</summary>
    private static readonly IReadOnlyList<decimal> UsualAlerts = [0.5m, 0.8m, 1m];

    public decimal Usd { get; init; }

    /// <summary>minute, hour, day, week, month or total.</summary>
    public string Per { get; init; } = "total";

    /// <summary>The IANA name of the zone in which days, weeks and months begin. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>enforce, or shadow: counts and alerts, refuses nothing. Default enforce.</summary>
    public string Mode { get; init; } = "enforce";

    /// <summary>Parts of the budget, above 0 and up to 1, whose use is told once per period. Default 0.5, 0.8 and 1.</summary>
    public IReadOnlyList<decimal> Alerts { get; init; } = UsualAlerts;

    /// <summary>refuse a call that does not fit, or clamp its output to what is left. Default refuse.</summary>
    public string OnExceed { get; init; } = "refuse";
}

/// <summary>A budget that is not one key's own: of everything, of a model, or of the keys, users or teams that its pattern matches.</summary>
internal sealed record SharedBudgetConfig
{
    public string Name { get; init; } = "";

    /// <summary>global, model, key, user or team. Default global.</summary>
    public string Scope { get; init; } = "global";

    /// <summary>Which models, keys, users or teams count; <c>*</c> stands for any run of characters. Default all.</summary>
    public string Match { get; init; } = "*";

    /// <summary>True gives each subject that matches a budget of its own; false lets all share one. Default false.</summary>
    public bool Each { get; init; }

    public BudgetConfig Budget { get; init; } = new();
    public ConfigOrigin Origin { get; init; }
}

internal sealed record ServiceConfig
{
    public string Backend { get; init; } = "";
    public string Health { get; init; } = "";
}
