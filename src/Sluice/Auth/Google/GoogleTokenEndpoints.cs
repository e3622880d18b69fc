using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Sluice.Auth.Google;

/// <summary>
/// Google's token and certificate endpoints, under the names of Google's hosts: a library that is pointed at Sluice finds each
/// where it expects it. They are entrances, so they are for anyone.
/// </summary>
internal sealed class GoogleTokenEndpoints(TokenGrants grants, VirtualServiceAccounts accounts, SigningKeys signing, TimeProvider time)
{
    private const string Tag = "Google tokens";

    /// <summary>Where Google's libraries of one age or another ask for tokens.</summary>
    private static readonly string[] TokenPaths =
    [
        "/oauth2.googleapis.com/token", "/accounts.google.com/oauth2/token", "/accounts.google.com/o/oauth2/token",
        "/www.googleapis.com/oauth2/v4/token", "/www.googleapis.com/oauth2/v3/token",
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("");
        group.WithAccess(Access.Anyone).WithTags(Tag);
        foreach (var path in TokenPaths)
        {
            group.MapPost(path, (RequestDelegate)TokenAsync).WithSummary("A token for a virtual service account: jwt-bearer, client_credentials, refresh_token or authorization_code");
        }

        foreach (var host in (string[])["/accounts.google.com", "/www.googleapis.com", ""])
        {
            group.MapGet($"{host}/oauth2/v1/certs", (RequestDelegate)CertificatesAsync).WithSummary("The certificates of identity tokens, in PEM by key id");
            group.MapGet($"{host}/oauth2/v3/certs", (RequestDelegate)KeySetAsync).WithSummary("The keys of identity tokens, as a JSON Web Key Set");
        }

        group.MapGet("/www.googleapis.com/robot/v1/metadata/x509/{email}", (RequestDelegate)AccountCertificatesAsync).WithSummary("The certificates of a virtual service account, in PEM by key id");
        group.MapGet("/www.googleapis.com/service_accounts/v1/jwk/{email}", (RequestDelegate)AccountKeySetAsync).WithSummary("The keys of a virtual service account, as a JSON Web Key Set");
    }

    private async Task TokenAsync(HttpContext http)
    {
        var (form, error) = await TokenRequest.ReadAsync(http.Request);
        var answer = form is null ? error! : await grants.GrantAsync(form);
        http.Response.Headers[HeaderNames.CacheControl] = "no-store";
        http.Response.Headers[HeaderNames.Pragma] = "no-cache";
        await WriteAsync(http, answer.Error?.Status ?? StatusCodes.Status200OK, json =>
        {
            if (answer.Error is { } refused)
            {
                json.WriteString("error", refused.Error);
                json.WriteString("error_description", refused.Description);
                return;
            }

            foreach (var (name, value) in answer.Members!)
            {
                if (value is long number)
                {
                    json.WriteNumber(name, number);
                }
                else
                {
                    json.WriteString(name, (string)value);
                }
            }
        });
    }

    private async Task CertificatesAsync(HttpContext http)
    {
        var key = await signing.GetAsync();
        await WriteCachedAsync(http, json => json.WriteString(key.Id, PemOf(key.Certificate)));
    }

    private async Task KeySetAsync(HttpContext http)
    {
        var key = await signing.GetAsync();
        await WriteCachedAsync(http, json => WriteKeys(json, [(key.Id, key.PublicKey)]));
    }

    private Task AccountCertificatesAsync(HttpContext http) => KeysOf(http) is { } keys
        ? WriteCachedAsync(http, json => keys.ForEach(key => json.WriteString(key.Id, PemOf(key.Certificate!))))
        : WriteUnknownAsync(http);

    private Task AccountKeySetAsync(HttpContext http) => KeysOf(http) is { } keys
        ? WriteCachedAsync(http, json => WriteKeys(json, keys.ConvertAll(key => (key.Id, ParametersOf(key)))))
        : WriteUnknownAsync(http);

    /// <summary>The live public keys of the path's account; null when there is none, or it is disabled.</summary>
    private List<VirtualKey>? KeysOf(HttpContext http)
    {
        var now = time.GetUtcNow();
        var email = (string?)http.Request.RouteValues["email"] ?? "";
        return accounts.FindAccount(email) is { } account && account.Email == email && account.IsEnabled(now)
            ? [.. account.Keys.Where(key => !key.IsSecret && key.IsLive(now))]
            : null;
    }

    private static RSAParameters ParametersOf(VirtualKey key)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.Material, out _);
        return rsa.ExportParameters(includePrivateParameters: false);
    }

    private static string PemOf(byte[] certificate) => PemEncoding.WriteString("CERTIFICATE", certificate) + "\n";

    private static void WriteKeys(Utf8JsonWriter json, List<(string Id, RSAParameters Key)> keys)
    {
        json.WriteStartArray("keys");
        foreach (var (id, key) in keys)
        {
            json.WriteStartObject();
            json.WriteString("kty", "RSA");
            json.WriteString("alg", "RS256");
            json.WriteString("use", "sig");
            json.WriteString("kid", id);
            json.WriteString("n", Base64Url.EncodeToString(key.Modulus));
            json.WriteString("e", Base64Url.EncodeToString(key.Exponent));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>In the form of Google's other APIs, as that endpoint answers.</summary>
    private static Task WriteUnknownAsync(HttpContext http) => WriteAsync(http, StatusCodes.Status404NotFound, json =>
    {
        json.WriteStartObject("error");
        json.WriteNumber("code", StatusCodes.Status404NotFound);
        json.WriteString("message", "There is no enabled service account of this address.");
        json.WriteString("status", "NOT_FOUND");
        json.WriteEndObject();
    });

    private static Task WriteCachedAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        // Short, so that a key that was taken back is soon gone everywhere.
        http.Response.Headers[HeaderNames.CacheControl] = "public, max-age=60, must-revalidate";
        return WriteAsync(http, StatusCodes.Status200OK, write);
    }

    private static async Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(http.Response.BodyWriter))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
