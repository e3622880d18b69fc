using System.Net.Http.Headers;
using System.Text;
using Google.Apis.Auth;
using Google.Apis.Auth.OAuth2;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Google's own .NET library, unmodified, with the key file of a virtual service account.</summary>
public sealed class GoogleLibraryTests(GoogleTokenFixture gateway) : IClassFixture<GoogleTokenFixture>
{
    [Fact]
    public async Task ServiceAccountCredential_FromTheKeyFile_GetsATokenThatCalls()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        var credential = CredentialFactory.FromJson<ServiceAccountCredential>(account.KeyFile.GetRawText()).ToGoogleCredential().CreateScoped(VirtualAccount.Scope);

        var token = await credential.UnderlyingCredential.GetAccessTokenForRequestAsync();

        token.ShouldStartWith("ya29.");
        using var http = new HttpClient { BaseAddress = gateway.Sluice.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var body = new StringContent(GeminiWire.Request(), Encoding.UTF8, "application/json");
        using var reply = await http.PostAsync(new Uri("/v1/projects/p/locations/l/publishers/google/models/gemini-test:generateContent", UriKind.Relative), body);
        ((int)reply.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task OidcToken_OfATargetAudience_IsVerifiedByTheCertificateEndpoints()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        var credential = CredentialFactory.FromJson<ServiceAccountCredential>(account.KeyFile.GetRawText());

        var oidc = await credential.GetOidcTokenAsync(OidcTokenOptions.FromTargetAudience("https://service.example.org"));
        var token = await oidc.GetAccessTokenAsync();

        foreach (var path in (string[])["www.googleapis.com/oauth2/v3/certs", "oauth2/v3/certs"])
        {
            var options = new SignedTokenVerificationOptions { CertificatesUrl = $"{gateway.Sluice.Address}{path}" };
            options.TrustedAudiences.Add("https://service.example.org");
            options.TrustedIssuers.Add("https://accounts.google.com");
            var payload = await JsonWebSignature.VerifySignedTokenAsync<GoogleJsonWebSignature.Payload>(token, options);
            payload.Email.ShouldBe(account.Email);
            payload.Subject.ShouldBe(account.KeyFile.GetProperty("client_id").GetString());
        }
    }

    [Fact]
    public async Task ServiceAccountCredential_OfADisabledAccount_IsToldWhy()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        await gateway.Admin.PostAsync($"/api/admin/virtual-service-accounts/{account.Id}/disable", "");
        var credential = CredentialFactory.FromJson<ServiceAccountCredential>(account.KeyFile.GetRawText()).ToGoogleCredential().CreateScoped(VirtualAccount.Scope);

        var error = await Should.ThrowAsync<Google.Apis.Auth.OAuth2.Responses.TokenResponseException>(credential.UnderlyingCredential.GetAccessTokenForRequestAsync());

        error.Error.Error.ShouldBe("invalid_grant");
    }
}
