using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.TestKit.Google;

/// <summary>A service account of a project, as Google would have made it: its key file, and what verifies what it signs.</summary>
public sealed class TestServiceAccount
{
    private TestServiceAccount(RSA key, string project, string email, string tokenUri, string keyFile)
        => (Key, Project, Email, TokenUri, KeyFile) = (key, project, email, tokenUri, keyFile);

    public RSA Key { get; }

    public string Project { get; }

    public string Email { get; }

    public string TokenUri { get; }

    /// <summary>The content of the key file.</summary>
    public string KeyFile { get; }

    public static TestServiceAccount Create(string project, string tokenUri)
    {
        var key = RSA.Create(2048);
        var email = $"caller@{project}.iam.gserviceaccount.com";
        var file = new JsonObject
        {
            ["type"] = "service_account",
            ["project_id"] = project,
            ["private_key_id"] = $"kid-{project}",
            ["private_key"] = key.ExportPkcs8PrivateKeyPem() + "\n",
            ["client_email"] = email,
            ["client_id"] = "100000000000000000001",
            ["token_uri"] = tokenUri,
            ["universe_domain"] = "googleapis.com",
        };
        return new TestServiceAccount(key, project, email, tokenUri, file.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    /// <summary>Signs a compact JWS.</summary>
    public static string Sign(RSA key, object header, object claims)
    {
        var signed = $"{Part(header)}.{Part(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>A part of a compact JWS.</summary>
    public static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
