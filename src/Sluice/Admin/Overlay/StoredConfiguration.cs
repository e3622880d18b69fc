using Sluice.Configuration;

namespace Sluice.Admin.Overlay;

/// <summary>A provider made through the API.</summary>
internal sealed record StoredProvider(long Position, string Id, string Name, DateTimeOffset CreatedAt)
{
    public required string Type { get; init; }
    public string BaseUrl { get; init; } = "";
    public string Location { get; init; } = "";
    public IReadOnlyList<string> Dialects { get; init; } = [];
    public TimeoutsConfig Timeouts { get; init; } = new();

    public ProviderConfig ToConfig() => new()
    {
        Name = Name,
        Type = Type,
        BaseUrl = BaseUrl,
        Location = Location,
        Dialects = Dialects,
        Timeouts = Timeouts,
        Origin = ConfigOrigin.Database,
    };
}

/// <summary>A credential made through the API; it belongs to its provider by name, which may be the file's.</summary>
internal sealed record StoredCredential(long Position, string Id, string Provider, string Name, DateTimeOffset CreatedAt)
{
    /// <summary>Raised with every change of the secret; a part of what the secret is sealed under.</summary>
    public long Version { get; init; } = 1;

    public required Secret ApiKey { get; init; }
    public string Proxy { get; init; } = "";
    public int Weight { get; init; } = 1;
    public int MaxConcurrency { get; init; }
    public int ImageConcurrency { get; init; }
    public int VideoConcurrency { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A Google service account's key file; empty for a credential with an API key.</summary>
    public Secret ServiceAccountJson { get; init; }

    /// <summary>True when its secret cannot be decrypted: the row was changed by something else. It is listed, and not used.</summary>
    public bool IsUnreadable { get; init; }

    public CredentialConfig ToConfig() => new()
    {
        Name = Name,
        ApiKey = ApiKey,
        ServiceAccountJson = ServiceAccountJson,
        ImageConcurrency = ImageConcurrency,
        VideoConcurrency = VideoConcurrency,
        Tags = Tags,
        Proxy = Proxy,
        Weight = Weight,
        MaxConcurrency = MaxConcurrency,
        Origin = ConfigOrigin.Database,
    };
}

/// <summary>A model made through the API.</summary>
internal sealed record StoredModel(long Position, string Id, string Name, DateTimeOffset CreatedAt)
{
    public string Strategy { get; init; } = "priority";
    public IReadOnlyList<TargetConfig> Targets { get; init; } = [];

    public ModelConfig ToConfig() => new() { Name = Name, Strategy = Strategy, Targets = Targets, Origin = ConfigOrigin.Database };
}

/// <summary>What an administrator has set by hand; an absent credential is enabled.</summary>
internal enum CredentialSwitch
{
    Disabled,

    /// <summary>Takes nothing new; after a restart nothing is left to finish, so it is as good as disabled.</summary>
    Draining,
}

/// <summary>Everything that the database adds to the configuration, newest rows first: immutable, replaced as a whole.</summary>
internal sealed record StoredConfiguration
{
    public static readonly StoredConfiguration Empty = new();

    public IReadOnlyList<StoredProvider> Providers { get; init; } = [];
    public IReadOnlyList<StoredCredential> Credentials { get; init; } = [];
    public IReadOnlyList<StoredModel> Models { get; init; } = [];
    public IReadOnlyDictionary<(string Provider, string Name), CredentialSwitch> Switches { get; init; }
        = new Dictionary<(string, string), CredentialSwitch>();

    /// <summary>Raised with every committed change.</summary>
    public long Version { get; init; }
}
