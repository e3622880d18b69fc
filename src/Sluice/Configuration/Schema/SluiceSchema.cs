using Sluice.Protocol;
using Sluice.Providers;

namespace Sluice.Configuration.Schema;

/// <summary>
/// All of <c>sluice.yaml</c>, once. Reading, checks, suggestions, environment overrides, the listing of the settings and the view
/// of what is in force come from this table; to add a setting is to add a line here and a property to its record.
/// </summary>
internal static class SluiceSchema
{
    private const int MaxWeight = 1_000_000;

    private static readonly ObjectSchema<TlsConfig> Tls = new ObjectSchema<TlsConfig>(() => new())
        .Key("certificate", Values.FilePath, c => c.Certificate, (c, v) => c with { Certificate = v }, "The certificate with its chain, PEM.", required: true)
        .Key("key", Values.FilePath, c => c.Key, (c, v) => c with { Key = v }, "The certificate's private key, PEM.", required: true);

    private static readonly ObjectSchema<ServerConfig> Server = new ObjectSchema<ServerConfig>(() => new())
        .Key("urls", Values.ListenUrls, c => c.Urls, (c, v) => c with { Urls = v }, "Where Sluice listens.")
        .Key("data", Values.Text, c => c.Data, (c, v) => c with { Data = v }, "The folder of the database, the journal and the key file; relative to the folder in which Sluice is started.")
        .Optional("tls", Tls, c => c.Tls, (c, v) => c with { Tls = v }, "The certificate for https addresses.")
        .Key("drain_seconds", Values.Integer(0, 86_400), c => c.DrainSeconds, (c, v) => c with { DrainSeconds = v }, "How long streams may run on after a stop was asked for.")
        .Key("journal", Values.Boolean, c => c.Journal, (c, v) => c with { Journal = v }, "Whether calls are written to the journal before they are made; without it a crash loses the account of the last moments. Read at start.")
        .Key("max_request_bytes", Values.LongInteger(1, int.MaxValue), c => c.MaxRequestBytes, (c, v) => c with { MaxRequestBytes = v }, "The largest body of a model call.")
        .Key("max_json_depth", Values.Integer(1, 1024), c => c.MaxJsonDepth, (c, v) => c with { MaxJsonDepth = v }, "The deepest nesting of a JSON body.")
        .Key("keep_alive", Values.Duration, c => c.KeepAlive, (c, v) => c with { KeepAlive = v }, "How long a stream may be silent before a keep-alive is sent; 0 sends none.")
        .Key("write_timeout", Values.PositiveDuration, c => c.WriteTimeout, (c, v) => c with { WriteTimeout = v }, "How long a client may refuse to take bytes before it is cut.")
        .Key("detached_drain", Values.Duration, c => c.DetachedDrain, (c, v) => c with { DetachedDrain = v }, "How long an upstream is read on for its usage after the client has left.")
        .Key("public_url", Values.Url(optional: true, "http", "https"), c => c.PublicUrl, (c, v) => c with { PublicUrl = v }, "What clients call Sluice, for links in mails, addresses in key files and the issuer of tokens; when absent, the first of urls, or what a request came to.")
        .Key("max_concurrent_per_ip", Values.Integer(0), c => c.MaxConcurrentPerIp, (c, v) => c with { MaxConcurrentPerIp = v }, "Requests at the same time from one address; 0 for no limit.")
        .Key("trusted_proxies", new ListSchema<string>(Values.Network), c => c.TrustedProxies, (c, v) => c with { TrustedProxies = v }, "Proxies whose forwarding headers are believed.")
        .Key("cors_origins", new ListSchema<string>(Values.Url(optional: false, "http", "https")), c => c.CorsOrigins, (c, v) => c with { CorsOrigins = v }, "Origins of pages elsewhere that may call Sluice from a browser.")
        .Later("admin_urls", Values.ListenUrls, "Addresses of their own for administration.");

    private static readonly ObjectSchema<TimeoutsConfig> Timeouts = new ObjectSchema<TimeoutsConfig>(() => new())
        .Key("connect", Values.PositiveDuration, c => c.Connect, (c, v) => c with { Connect = v }, "Name resolution, TCP and TLS.")
        .Key("first_token", Values.PositiveDuration, c => c.FirstToken, (c, v) => c with { FirstToken = v }, "From the request's last byte to the first byte of the answer's body.")
        .Key("idle", Values.PositiveDuration, c => c.Idle, (c, v) => c with { Idle = v }, "The longest silence inside an answer.")
        .Key("total", Values.PositiveDuration, c => c.Total, (c, v) => c with { Total = v }, "The whole call.");

    private static readonly ScalarSchema<string> KeyFile = new("a path", Values.ParseText, v => v)
    {
        IsPath = true,
        Seen = (path, _, _, context) => context.Watch(path),
    };

    private static readonly ObjectSchema<CredentialConfig> Credential = new ObjectSchema<CredentialConfig>(() => new())
        .WithOrigin(c => c.Origin, (c, origin) => c with { Origin = origin })
        .Key("name", Values.Text, c => c.Name, (c, v) => c with { Name = v }, "Unique in the provider; k1, k2, … when absent.")
        .Key("api_key", Values.Secret, c => c.ApiKey, (c, v) => c with { ApiKey = v }, "The vendor's key.")
        .Key("weight", Values.Integer(0, MaxWeight), c => c.Weight, (c, v) => c with { Weight = v }, "The share of calls among equals.")
        .Key("max_concurrency", Values.Integer(0, MaxWeight), c => c.MaxConcurrency, (c, v) => c with { MaxConcurrency = v }, "Calls at the same time; 0 for no limit.")
        .Key("image_concurrency", Values.Integer(0, MaxWeight), c => c.ImageConcurrency, (c, v) => c with { ImageConcurrency = v }, "Calls that make images, at the same time; 0 for no limit of their own.")
        .Key("video_concurrency", Values.Integer(0, MaxWeight), c => c.VideoConcurrency, (c, v) => c with { VideoConcurrency = v }, "Calls that make videos, at the same time; 0 for no limit of their own.")
        .Key("tags", new ListSchema<string>(Values.Text), c => c.Tags, (c, v) => c with { Tags = v }, "Words to group credentials by; lists show them.")
        .Key("proxy", Values.Url(optional: true, "http", "socks5", "socks5h"), c => c.Proxy, (c, v) => c with { Proxy = v }, "The proxy through which this credential's calls go.")
        .Key("service_account_file", KeyFile, c => c.ServiceAccountFile, (c, v) => c with { ServiceAccountFile = v }, "A Google service account's key file (vertex); read again when it changes.")
        .Key("service_account_json", Values.SecretText, c => c.ServiceAccountJson, (c, v) => c with { ServiceAccountJson = v }, "The content of such a file, in its place.")
        .Key("token_uri", Values.Url(optional: true, "https", "http"), c => c.TokenUri, (c, v) => c with { TokenUri = v }, "Where a service account's key is exchanged for access tokens; as its key file says when absent, which must be Google or this machine.");

    private static readonly ObjectSchema<PoolConfig> Pool = new ObjectSchema<PoolConfig>(() => new())
        .Key("disable_after", Values.Integer(0, MaxWeight), c => c.DisableAfter, (c, v) => c with { DisableAfter = v }, "Errors in a row after which a credential is disabled, where others of the provider worked meanwhile; 0 for never.")
        .Key("recovery_probe", Values.PositiveDuration, c => c.RecoveryProbe, (c, v) => c with { RecoveryProbe = v }, "How long until a free call finds out whether a credential that was taken out by itself works again; doubles with each relapse, up to an hour.");

    private static readonly ScalarSchema<string> TypeOfProvider = new("a provider type such as openai", Values.ParseText, v => v)
    {
        ChoicesFrom = context => context.ProviderTypes.Names,
    };

    private static readonly ScalarSchema<string> OwnName = new(Values.ProviderName.Expected, Values.ParseProviderName, v => v)
    {
        Seen = (name, _, _, context) => context.ProviderNames.Add(name),
    };

    private static readonly ObjectSchema<ProviderConfig> Provider = new ObjectSchema<ProviderConfig>(() => new())
        .WithOrigin(c => c.Origin, (c, origin) => c with { Origin = origin })
        .Key("name", OwnName, c => c.Name, (c, v) => c with { Name = v }, "Unique; provider/model reaches a model of this provider directly.", required: true)
        .Key("type", TypeOfProvider, c => c.Type, (c, v) => c with { Type = v }, "openai, anthropic, gemini, openai-compatible, vertex, simulator, a compatible vendor such as groq; later azure-openai, flux, runway, kling, flow, claude-cli.", required: true)
        .Key("base_url", Values.Url(optional: false, "http", "https"), c => c.BaseUrl, (c, v) => c with { BaseUrl = v }, "What the vendor's own SDK takes; the vendor's when absent.")
        .Key("location", Values.Text, c => c.Location, (c, v) => c with { Location = v }, "The region (vertex): such as us-central1, a multi-region us or eu, or global, which it is when absent.")
        .Key("dialects", new ListSchema<string>(Values.Choice(DialectNames.All)), c => c.Dialects, (c, v) => c with { Dialects = v }, "What the upstream speaks; as the type says when absent.")
        .Key("credentials", new ListSchema<CredentialConfig>(Credential).Complete(NameCredential).Unique(c => c.Name, "name"), c => c.Credentials, (c, v) => c with { Credentials = v }, "The keys that calls go out with.")
        .Key("pool", Pool, c => c.Pool, (c, v) => c with { Pool = v }, "When credentials are taken out by themselves, and how they come back.")
        .Key("timeouts", Timeouts, c => c.Timeouts, (c, v) => c with { Timeouts = v }, "How long each phase of a call may take.")
        .Optional("refresh_early", Values.PositiveDuration, c => c.RefreshEarly, (c, v) => c with { RefreshEarly = v }, "How long before its end an access token is renewed; 5m for service accounts when absent.")
        .Key("anthropic_version", Values.Text, c => c.AnthropicVersion, (c, v) => c with { AnthropicVersion = v }, "The version that Claude on a cloud platform is asked in (vertex); vertex-2023-10-16 when absent.")
        .Check(ProviderRules.Check);

    private static readonly ObjectSchema<ImagePrice> ImageRow = new ObjectSchema<ImagePrice>(() => new(0))
        .Optional("size", Values.Text, c => c.Size, (c, v) => c with { Size = v }, "As the vendor writes it, such as 1024x1536; every size when absent.")
        .Optional("quality", Values.Text, c => c.Quality, (c, v) => c with { Quality = v }, "Such as high; every quality when absent.")
        .Key("usd", Values.Amount, c => c.Usd, (c, v) => c with { Usd = v }, "USD per image.", required: true);

    private static readonly ObjectSchema<PricingConfig> Pricing = new ObjectSchema<PricingConfig>(() => new())
        .Key("unpriced", Values.Choice("allow", "refuse"), c => c.Unpriced, (c, v) => c with { Unpriced = v }, "Whether a model without a known price is served; its calls count as unpriced, never as free.");

    private static readonly ObjectSchema<ModelPrice> Price = new ObjectSchema<ModelPrice>(() => new())
        .Optional("input", Values.Amount, c => c.Input, (c, v) => c with { Input = v }, "USD per million input tokens.")
        .Optional("output", Values.Amount, c => c.Output, (c, v) => c with { Output = v }, "USD per million output tokens.")
        .Optional("cache_read", Values.Amount, c => c.CacheRead, (c, v) => c with { CacheRead = v }, "USD per million tokens read from the prompt cache.")
        .Optional("cache_write_5m", Values.Amount, c => c.CacheWrite5m, (c, v) => c with { CacheWrite5m = v }, "USD per million tokens written to the prompt cache for five minutes.")
        .Optional("cache_write_1h", Values.Amount, c => c.CacheWrite1h, (c, v) => c with { CacheWrite1h = v }, "USD per million tokens written to the prompt cache for one hour.")
        .Optional("reasoning", Values.Amount, c => c.Reasoning, (c, v) => c with { Reasoning = v }, "USD per million tokens of reasoning; as output when absent.")
        .Optional("audio_input", Values.Amount, c => c.AudioInput, (c, v) => c with { AudioInput = v }, "USD per million input tokens of audio; as input when absent.")
        .Optional("audio_output", Values.Amount, c => c.AudioOutput, (c, v) => c with { AudioOutput = v }, "USD per million output tokens of audio.")
        .Optional("image_input", Values.Amount, c => c.ImageInput, (c, v) => c with { ImageInput = v }, "USD per million input tokens of images; as input when absent.")
        .Optional("image_output", Values.Amount, c => c.ImageOutput, (c, v) => c with { ImageOutput = v }, "USD per million output tokens of images.")
        .Optional("image", Values.Amount, c => c.Image, (c, v) => c with { Image = v }, "USD per image.")
        .Key("images", new ListSchema<ImagePrice>(ImageRow), c => c.Images, (c, v) => c with { Images = v }, "Images by size and quality.")
        .Optional("second", Values.Amount, c => c.Second, (c, v) => c with { Second = v }, "USD per second of video or audio.")
        .Optional("page", Values.Amount, c => c.Page, (c, v) => c with { Page = v }, "USD per page.")
        .Optional("character", Values.Amount, c => c.Character, (c, v) => c with { Character = v }, "USD per million characters of text to speak.")
        .Optional("request", Values.Amount, c => c.Request, (c, v) => c with { Request = v }, "USD per call, on top of everything else.")
        .Optional("web_search", Values.Amount, c => c.WebSearch, (c, v) => c with { WebSearch = v }, "USD per search of the web that the vendor makes.");

    private static readonly ScalarSchema<string> NamedProvider = new("a provider's name", Values.ParseText, v => v)
    {
        Seen = (name, node, path, context) => context.RefersToProvider(name, node.Position, path),
    };

    private static readonly ObjectSchema<TargetConfig> Target = new ObjectSchema<TargetConfig>(() => new())
        .Key("provider", NamedProvider, c => c.Provider, (c, v) => c with { Provider = v }, "A provider's name.", required: true)
        .Key("model", Values.OptionalText, c => c.Model, (c, v) => c with { Model = v }, "The vendor's model id; empty or * takes the name that the client asked for.")
        .Key("priority", Values.Integer(0), c => c.Priority, (c, v) => c with { Priority = v }, "Lower is tried first.")
        .Key("weight", Values.Integer(0, MaxWeight), c => c.Weight, (c, v) => c with { Weight = v }, "The share of calls among targets of equal priority.")
        .Optional("price", Price, c => c.Price, (c, v) => c with { Price = v }, "What it costs; the vendor's list price when absent.");

    private static readonly ObjectSchema<ModelConfig> Model = new ObjectSchema<ModelConfig>(() => new())
        .WithOrigin(c => c.Origin, (c, origin) => c with { Origin = origin })
        .Key("name", Values.Text, c => c.Name, (c, v) => c with { Name = v }, "What clients ask for; * stands for any run of characters.", required: true)
        .Key("strategy", Values.Choice("priority", "weighted", "round_robin", "least_busy", "cost", "quality", "speed", "adaptive"), c => c.Strategy, (c, v) => c with { Strategy = v }, "How a target is chosen.")
        .Key("targets", new ListSchema<TargetConfig>(Target) { NotEmpty = true }, c => c.Targets, (c, v) => c with { Targets = v }, "Where the model is served.", required: true);

    private static readonly ObjectSchema<LimitsConfig> Limits = new ObjectSchema<LimitsConfig>(() => new())
        .Optional("rpm", Values.LongInteger(0), c => c.Rpm, (c, v) => c with { Rpm = v }, "Requests per minute.")
        .Optional("tpm", Values.LongInteger(0), c => c.Tpm, (c, v) => c with { Tpm = v }, "Tokens per minute, input and output.")
        .Optional("concurrency", Values.LongInteger(0), c => c.Concurrency, (c, v) => c with { Concurrency = v }, "Calls at the same time.");

    private static readonly ObjectSchema<LimitRuleConfig> LimitRule = new ObjectSchema<LimitRuleConfig>(() => new())
        .Key("per", Values.Choice("key", "user", "model", "address", "global"), c => c.Per, (c, v) => c with { Per = v }, "Whose counters: each key, user, model or client address has its own; global is one for all calls.", required: true)
        .Key("match", Values.Text, c => c.Match, (c, v) => c with { Match = v }, "The key's name, user, model or address; * stands for any run of characters. The first rule that matches counts.")
        .Optional("rpm", Values.LongInteger(0), c => c.Limits.Rpm, (c, v) => c with { Limits = c.Limits with { Rpm = v } }, "Requests per minute.")
        .Optional("tpm", Values.LongInteger(0), c => c.Limits.Tpm, (c, v) => c with { Limits = c.Limits with { Tpm = v } }, "Tokens per minute, input and output.")
        .Optional("concurrency", Values.LongInteger(0), c => c.Limits.Concurrency, (c, v) => c with { Limits = c.Limits with { Concurrency = v } }, "Calls at the same time.")
        .Check(LimitRules.Check);

    private static readonly ObjectSchema<BudgetConfig> Budget = WithBudget(new ObjectSchema<BudgetConfig>(() => new()), c => c, (_, v) => v);

    private static readonly ObjectSchema<SharedBudgetConfig> SharedBudget = WithBudget(
        new ObjectSchema<SharedBudgetConfig>(() => new())
            .WithOrigin(c => c.Origin, (c, origin) => c with { Origin = origin })
            .Key("name", Values.Text, c => c.Name, (c, v) => c with { Name = v }, "Unique; its counts belong to it.", required: true)
            .Key("scope", Values.Choice("global", "model", "key", "user", "team"), c => c.Scope, (c, v) => c with { Scope = v }, "What it bounds.")
            .Key("match", Values.Text, c => c.Match, (c, v) => c with { Match = v }, "Which models, keys, users or teams count, by name; * stands for any run of characters.")
            .Key("each", Values.Boolean, c => c.Each, (c, v) => c with { Each = v }, "true gives each that matches a budget of its own, false lets all share one."),
        c => c.Budget,
        (c, v) => c with { Budget = v });

    private static readonly ObjectSchema<KeyConfig> Key = new ObjectSchema<KeyConfig>(() => new())
        .Key("name", Values.Text, c => c.Name, (c, v) => c with { Name = v }, "Unique; usage records show it.", required: true)
        .Key("key", Values.Secret, c => c.Key, (c, v) => c with { Key = v }, "What clients send.", required: true)
        .Key("models", new ListSchema<string>(Values.Text), c => c.Models, (c, v) => c with { Models = v }, "Model names and patterns that the key may use.")
        .Key("mcp", new ListSchema<string>(Values.Text), c => c.Mcp, (c, v) => c with { Mcp = v }, "Tools of MCP servers that the key may use: server/tool, server/*, or * for all; none when absent.")
        .Key("limits", Limits, c => c.Limits, (c, v) => c with { Limits = v }, "Each limit stands alone.")
        .Optional("budget", Budget, c => c.Budget, (c, v) => c with { Budget = v }, "What the key may spend.")
        .Key("user", Values.Text, c => c.User, (c, v) => c with { User = v }, "Whose key it is; budgets of users count by it.")
        .Key("team", Values.Text, c => c.Team, (c, v) => c with { Team = v }, "The team that the key belongs to; budgets of teams count by it.");

    private static readonly ObjectSchema<ResponsesConfig> Responses = new ObjectSchema<ResponsesConfig>(() => new())
        .Key("keep", Values.Retention, c => c.Keep, (c, v) => c with { Keep = v }, "How long an answer of the Responses API is kept for later calls, counted anew when one goes on from it; 0 keeps none.")
        .Key("max_bytes", Values.LongInteger(1, int.MaxValue), c => c.MaxBytes, (c, v) => c with { MaxBytes = v }, "The largest answer that Sluice keeps, with its own input.")
        .Key("max_per_key", Values.Integer(1), c => c.MaxPerKey, (c, v) => c with { MaxPerKey = v }, "The most answers that are kept of one key; the oldest go first.")
        .Key("max_bytes_per_key", Values.LongInteger(1), c => c.MaxBytesPerKey, (c, v) => c with { MaxBytesPerKey = v }, "The most bytes that are kept of one key; the oldest answers go first.")
        .Key("unknown", Values.Choice("relay", "refuse"), c => c.Unknown, (c, v) => c with { Unknown = v }, "What becomes of an answer's id that Sluice did not see, where one credential alone could own it.");

    private static readonly ObjectSchema<ServiceConfig> Service = new ObjectSchema<ServiceConfig>(() => new())
        .Key("backend", Values.Backend, c => c.Backend, (c, v) => c with { Backend = v }, "embedded, or the backend's URL.", required: true)
        .Key("health", Values.Text, c => c.Health, (c, v) => c with { Health = v }, "The path of the backend's health check.");

    private static readonly ObjectSchema<McpServerConfig> McpServer = new ObjectSchema<McpServerConfig>(() => new())
        .Key("name", new ScalarSchema<string>("a name of letters, digits, _ and -", McpRules.ParseName, v => v), c => c.Name, (c, v) => c with { Name = v }, "Unique; its tools are offered as name__tool.", required: true)
        .Key("transport", Values.Choice("http", "sse", "stdio"), c => c.Transport, (c, v) => c with { Transport = v }, "http is streamable HTTP, sse its predecessor, stdio a program that Sluice runs.")
        .Key("url", Values.Url(optional: false, "http", "https"), c => c.Url, (c, v) => c with { Url = v }, "The endpoint of an http or sse server.")
        .Key("api_key", Values.Secret, c => c.ApiKey, (c, v) => c with { ApiKey = v }, "Sent to the server as Authorization: Bearer.")
        .Key("headers", new MapSchema<Secret>(Values.Secret), c => c.Headers, (c, v) => c with { Headers = v }, "Headers for the server; their values are never shown.")
        .Key("command", Values.Text, c => c.Command, (c, v) => c with { Command = v }, "The program of a stdio server.")
        .Key("args", new ListSchema<string>(Values.OptionalText), c => c.Args, (c, v) => c with { Args = v }, "Its arguments; others on the machine can see them, so no secrets.")
        .Key("env", new MapSchema<Secret>(Values.Secret), c => c.Env, (c, v) => c with { Env = v }, "Its whole environment, PATH included; the values are never shown.")
        .Key("tools", new ListSchema<string>(Values.Text), c => c.Tools, (c, v) => c with { Tools = v }, "Names and patterns of the tools and prompts that are offered to anyone.")
        .Key("timeout", Values.PositiveDuration, c => c.Timeout, (c, v) => c with { Timeout = v }, "The longest that a request to the server may take.")
        .Key("price_per_call", Values.Amount, c => c.PricePerCall, (c, v) => c with { PricePerCall = v }, "USD for each tool call that was answered.")
        .Check(McpRules.Check);

    private static readonly ObjectSchema<McpConfig> Mcp = new ObjectSchema<McpConfig>(() => new())
        .Key("servers", new ListSchema<McpServerConfig>(McpServer).Unique(c => c.Name, "name"), c => c.Servers, (c, v) => c with { Servers = v }, "MCP servers whose tools /mcp joins.")
        .Key("allowed_origins", new ListSchema<string>(new ScalarSchema<string>("an origin such as https://chat.example.com", McpRules.ParseOrigin, v => v)), c => c.AllowedOrigins, (c, v) => c with { AllowedOrigins = v }, "Origins of web pages that may call /mcp beside those of this machine.")
        .Key("max_message_bytes", Values.Integer(1024, 256 * 1024 * 1024), c => c.MaxMessageBytes, (c, v) => c with { MaxMessageBytes = v }, "The largest message, from a client or a server.");

    private static readonly ObjectSchema<Unread> Quota = new ObjectSchema<Unread>(() => default)
        .Later("daily_limit", Values.Integer(0), "Generations per user and day.")
        .Later("cooldown_seconds", Values.Integer(0), "The pause between two generations.")
        .Later("max_batch", Values.Integer(1), "The largest batch.");

    private static readonly ObjectSchema<DatabaseConfig> Database = new ObjectSchema<DatabaseConfig>(() => new())
        .Key("url", Values.Url(optional: true, "postgres", "postgresql"), c => c.Url, (c, v) => c with { Url = v }, "Empty for SQLite in the data folder; postgres://user:pass@host/db.", inForce: false);

    private static readonly ObjectSchema<RedisConfig> Redis = new ObjectSchema<RedisConfig>(() => new())
        .Key("url", Values.Url(optional: true, "redis", "rediss"), c => c.Url, (c, v) => c with { Url = v }, "Empty for one node; redis://host:6379.", inForce: false);

    /// <summary>The whole file.</summary>
    public static ObjectSchema<SluiceConfig> Root { get; } = new ObjectSchema<SluiceConfig>(() => new())
        .Key("server", Server, c => c.Server, (c, v) => c with { Server = v }, "The service itself.")
        .Key("database", Database, c => c.Database, (c, v) => c with { Database = v }, "Where durable state lives.")
        .Key("redis", Redis, c => c.Redis, (c, v) => c with { Redis = v }, "What nodes share.")
        .Key("providers", new ListSchema<ProviderConfig>(Provider).Unique(c => c.Name, "name"), c => c.Providers, (c, v) => c with { Providers = v }, "Upstream vendors.")
        .Key("models", new ListSchema<ModelConfig>(Model).Unique(c => c.Name, "name"), c => c.Models, (c, v) => c with { Models = v }, "What clients may ask for; each provider's own list when empty.")
        .Key("keys", new ListSchema<KeyConfig>(Key).Unique(c => c.Name, "name").Distinct(c => c.Key, "key"), c => c.Keys, (c, v) => c with { Keys = v }, "API keys of the file.")
        .Key("pricing", Pricing, c => c.Pricing, (c, v) => c with { Pricing = v }, "What prices decide.")
        .Key("budgets", new ListSchema<SharedBudgetConfig>(SharedBudget).Unique(c => c.Name, "name"), c => c.Budgets, (c, v) => c with { Budgets = v }, "Budgets of everything, of models, keys, users and teams.")
        .Key("limits", new ListSchema<LimitRuleConfig>(LimitRule), c => c.Limits, (c, v) => c with { Limits = v }, "Limits beside those of a key.")
        .Key("responses", Responses, c => c.Responses, (c, v) => c with { Responses = v }, "Answers of the Responses API that are kept.")
        .Key("services", new MapSchema<ServiceConfig>(Service), c => c.Services, (c, v) => c with { Services = v }, "Backends behind /llm, /stt, /tts, /ocr, /user, /md2pdf.", inForce: false)
        .Key("mcp", Mcp, c => c.Mcp, (c, v) => c with { Mcp = v }, "The MCP gateway.")
        .Key("auth", AuthSchema.Auth, c => c.Auth, (c, v) => c with { Auth = v }, "Accounts and sign-in.")
        .Key("mail", AuthSchema.Mail, c => c.Mail, (c, v) => c with { Mail = v }, "How mails to people are sent.")
        .Checked("quota", Quota, "Generation quotas.");

    /// <summary>Every setting, in the order of the table.</summary>
    public static IReadOnlyList<SchemaRow> Rows()
    {
        var rows = new List<SchemaRow>();
        Root.List("", new SchemaRow(), rows);
        return rows;
    }

    /// <summary>Adds what every budget says, wherever it stands.</summary>
    private static ObjectSchema<T> WithBudget<T>(ObjectSchema<T> owner, Func<T, BudgetConfig> get, Func<T, BudgetConfig, T> set) => owner
        .Key("usd", Values.Amount, c => get(c).Usd, (c, v) => set(c, get(c) with { Usd = v }), "The most that may be spent.", required: true)
        .Key("per", Values.Choice("minute", "hour", "day", "week", "month", "total"), c => get(c).Per, (c, v) => set(c, get(c) with { Per = v }), "In which time.")
        .Key("time_zone", Values.TimeZone, c => get(c).TimeZone, (c, v) => set(c, get(c) with { TimeZone = v }), "Where days, weeks (from Monday) and months begin.")
        .Key("mode", Values.Choice("enforce", "shadow"), c => get(c).Mode, (c, v) => set(c, get(c) with { Mode = v }), "shadow counts and alerts, and refuses nothing.")
        .Key("alerts", new ListSchema<decimal>(Values.Fraction), c => get(c).Alerts, (c, v) => set(c, get(c) with { Alerts = v }), "Parts of the budget whose use is told, once per period.")
        .Key("on_exceed", Values.Choice("refuse", "clamp"), c => get(c).OnExceed, (c, v) => set(c, get(c) with { OnExceed = v }), "Refuse a call that does not fit, or clamp its output to what is left.");

    private static CredentialConfig NameCredential(CredentialConfig credential, int index)
        => credential.Name.Length > 0 ? credential : credential with { Name = $"k{index + 1}" };

    /// <summary>Stands for a section that this version checks and does not keep.</summary>
    private readonly struct Unread;
}
