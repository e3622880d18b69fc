namespace Sluice.Configuration;

/// <summary>
/// Reads the key files of service accounts into the configuration, so that a file that has changed is a credential that has
/// changed. A file that cannot be read leaves its credential without a key, and every other as it is.
/// </summary>
internal static class ServiceAccountFiles
{
    /// <summary>A key file has about 2,400 bytes; more is a wrong path.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>The type of provider that takes service accounts.</summary>
    private const string Platform = "vertex";

    /// <summary>Fills <see cref="CredentialConfig.KeyFile"/> of every credential that has one.</summary>
    public static SluiceConfig Fill(SluiceConfig config)
        => config.Providers.Any(IsFilled)
            ? config with { Providers = [.. config.Providers.Select(provider => IsFilled(provider) ? provider with { Credentials = [.. provider.Credentials.Select(Fill)] } : provider)] }
            : config;

    /// <summary>Fills the key file of one credential.</summary>
    public static CredentialConfig Fill(CredentialConfig credential)
    {
        if (!credential.ServiceAccountJson.IsEmpty)
        {
            return credential with { KeyFile = credential.ServiceAccountJson };
        }

        if (credential.ServiceAccountFile.Length > 0)
        {
            var (content, error) = Read(credential.ServiceAccountFile);
            return credential with { KeyFile = new Secret(content), KeyFileError = error };
        }

        // A key file that was pasted where a key belongs.
        return IsObject(credential.ApiKey) ? credential with { KeyFile = credential.ApiKey, ApiKey = default } : credential;
    }

    private static bool IsFilled(ProviderConfig provider) => provider.Type == Platform && provider.Credentials.Count > 0;

    private static bool IsObject(Secret secret) => !secret.IsEmpty && secret.Reveal().AsSpan().TrimStart().StartsWith('{');

    private static (string Content, string Error) Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > MaxBytes)
            {
                return ("", $"the file {path} is larger than {MaxBytes} bytes");
            }

            using var reader = new StreamReader(stream);
            return reader.ReadToEnd() is { Length: > 0 } content ? (content, "") : ("", $"the file {path} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return ("", e is FileNotFoundException or DirectoryNotFoundException ? $"the file {path} does not exist" : $"the file {path} cannot be read");
        }
    }
}
