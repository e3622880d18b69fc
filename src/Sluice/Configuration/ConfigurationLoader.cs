using System.Text;
using Sluice.Configuration.Reading;
using Sluice.Configuration.Schema;

namespace Sluice.Configuration;

/// <summary>
/// Reads the configuration once: file, then environment overrides, then options of the command line, then what the database adds,
/// then what is offered when no provider is configured. Every mistake is collected; nothing is thrown.
/// </summary>
internal sealed class ConfigurationLoader(ConfigurationInput input, ProviderTypeCatalog providerTypes)
{
    /// <summary>The largest file: a hundred thousand keys with limits take 11 MB.</summary>
    public const int MaxFileBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The full path of the file that is read when it exists.</summary>
    public string FilePath { get; } = Path.GetFullPath(input.File ?? ConfigurationInput.DefaultFile, input.CurrentDirectory);

    private string FileName => input.File ?? ConfigurationInput.DefaultFile;

    /// <summary>Reads everything.</summary>
    /// <param name="overlay">Adds the database's part; null when there is no database at hand.</param>
    public LoadedConfiguration Load(Func<SluiceConfig, SluiceConfig>? overlay = null) => Complete(Read(), overlay);

    /// <summary>Reads what is written: file, environment, command line.</summary>
    public ConfigurationReading Read()
    {
        var errors = new List<ConfigError>();
        var stamp = FileStamp.Take(FilePath);
        var text = ReadFile(errors);
        var root = text is null ? null : YamlTree.Read(text, FileName, ConfigOrigin.File, errors);
        root = root is ScalarNode { IsNull: true } ? null : root;
        root = Override(root, errors);

        var references = new References(input.Variables, Path.GetDirectoryName(FilePath) ?? input.CurrentDirectory);
        var context = new ReadContext(references, providerTypes, errors);
        var config = new SluiceConfig();
        if (root is not null && SluiceSchema.Root.TryRead(root, ConfigPath.Root, context, out var read))
        {
            config = WithDefaultBaseUrls(read);
        }

        CheckAddresses(config, context);
        return new ConfigurationReading
        {
            Config = config,
            Errors = errors,
            Warnings = context.Warnings(),
            File = text is null ? null : FileName,
            Stamp = stamp,
            ReferencedFiles = references.Files,
            Sources = context.Sources,
            HasProviders = root is MappingNode mapping && mapping.Find("providers") is not (null or ScalarNode { IsNull: true }),
            ProviderNames = context.ProviderNames,
            ProviderReferences = context.ProviderReferences,
        };
    }

    /// <summary>Adds the database's part and what is offered when no provider is configured.</summary>
    /// <param name="reading">What is written.</param>
    /// <param name="overlay">Adds the database's part; null when there is no database at hand.</param>
    /// <param name="beforeDatabase">True for a first look before the database is open: targets may name providers that only it knows.</param>
    public LoadedConfiguration Complete(ConfigurationReading reading, Func<SluiceConfig, SluiceConfig>? overlay = null, bool beforeDatabase = false)
    {
        var config = overlay is null ? reading.Config : overlay(reading.Config);
        var offered = FirstRunProviders.Offer(config, reading.HasProviders, providerTypes, input.Variables);

        // What the database says of a provider that was offered just now applies to it too; applied twice it changes nothing more.
        config = overlay is null || ReferenceEquals(offered, config) ? offered : overlay(offered);
        config = ServiceAccountFiles.Fill(config);
        var errors = reading.Errors.Concat(beforeDatabase ? [] : UnknownProviders(reading, config));
        return new LoadedConfiguration
        {
            Config = config,
            Errors = [.. errors.OrderBy(e => e.Source == FileName ? 0 : 1).ThenBy(e => e.Line)],
            Reading = reading,
        };
    }

    private string? ReadFile(List<ConfigError> errors)
    {
        try
        {
            using var stream = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > MaxFileBytes)
            {
                errors.Add(new ConfigError(FileName, 0, "", $"is larger than {MaxFileBytes} bytes"));
                return null;
            }

            using var reader = new StreamReader(stream, StrictUtf8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            if (input.File is not null)
            {
                errors.Add(new ConfigError(FileName, 0, "", "the file does not exist; \"sluice init\" writes one"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            var reason = e is DecoderFallbackException ? "is not UTF-8 text"
                : Directory.Exists(FilePath) ? "is a folder; a file is expected"
                : "cannot be read";
            errors.Add(new ConfigError(FileName, 0, "", reason));
        }

        return null;
    }

    private ConfigNode? Override(ConfigNode? root, List<ConfigError> errors)
    {
        foreach (var variable in EnvironmentOverride.Of(input.Variables, errors))
        {
            root = SluiceSchema.Root.Place(root, variable.Way, variable) ?? root;
        }

        root = PlaceOption(root, "urls", "--urls", input.Urls);
        return PlaceOption(root, "data", "--data", input.Data);
    }

    private static ConfigNode? PlaceOption(ConfigNode? root, string key, string option, string? value)
    {
        if (value is null)
        {
            return root;
        }

        var position = new ConfigPosition(option, 0, ConfigOrigin.CommandLine);
        var mapping = EnvironmentOverride.Container(root, () => new MappingNode(position));
        var server = EnvironmentOverride.Container(mapping?.Find("server"), () => new MappingNode(position));
        if (mapping is null || server is null)
        {
            return root;
        }

        server.Set(key, new ScalarNode(value, plain: false, position));
        mapping.Set("server", server);
        return mapping;
    }

    private SluiceConfig WithDefaultBaseUrls(SluiceConfig config) => config with
    {
        Providers = [.. config.Providers.Select(p => p.BaseUrl.Length > 0 ? p : p with { BaseUrl = providerTypes.Find(p.Type)?.BaseUrlAt(p.Location) ?? "" })],
    };

    private static IEnumerable<ConfigError> UnknownProviders(ConfigurationReading reading, SluiceConfig config)
    {
        var names = new HashSet<string>(reading.ProviderNames, StringComparer.Ordinal);
        names.UnionWith(config.Providers.Select(p => p.Name));
        return reading.ProviderReferences
            .Where(r => !names.Contains(r.Name))
            .Select(r => new ConfigError(r.Position.Source, r.Position.Line, r.Path.ToString(), $"there is no provider \"{r.Name}\"{NearestName.Hint(r.Name, names)}"));
    }

    private void CheckAddresses(SluiceConfig config, ReadContext context)
    {
        var https = config.Server.Urls.Contains("https://", StringComparison.OrdinalIgnoreCase);
        var server = ConfigPath.Root.Key("server");
        if (config.Server.Tls is not { } tls)
        {
            if (https)
            {
                context.Error(PositionOf("server.urls", context), server.Key("urls"), "an https address needs server.tls with a certificate and its key");
            }
        }
        else if (!File.Exists(tls.Certificate) || !File.Exists(tls.Key))
        {
            context.Warn(PositionOf("server.tls.certificate", context), server.Key("tls"), "the certificate or its key does not exist, so that plain HTTP is served");
        }
        else if (!https)
        {
            context.Warn(PositionOf("server.tls.certificate", context), server.Key("tls"), "no address in server.urls begins with https://, so that the certificate is not used");
        }
    }

    private ConfigPosition PositionOf(string path, ReadContext context)
        => context.Sources.TryGetValue(path, out var source) ? source.Position : new ConfigPosition(FileName, 0, ConfigOrigin.File);
}
