using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Google;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Virtual service accounts: their key files, the token and certificate endpoints, and what their tokens may do.</summary>
public sealed class GoogleTokenTests(GoogleTokenFixture gateway) : IClassFixture<GoogleTokenFixture>
{
    // Each call is a conversation of its own: one conversation stays with one credential.
    private static int Said;

    private const string VertexPath = "/v1/projects/p/locations/l/publishers/google/models/gemini-test:generateContent";

    [Fact]
    public async Task KeyFile_HasTheMembersOfGooglesAndNoSecretIsShownAgain()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);

        account.KeyFile.EnumerateObject().Select(member => member.Name).ShouldBe(
        [
            "type", "project_id", "private_key_id", "private_key", "client_email", "client_id", "auth_uri", "token_uri",
            "auth_provider_x509_cert_url", "client_x509_cert_url", "universe_domain",
        ]);
        account.KeyFile.GetProperty("type").GetString().ShouldBe("service_account");
        account.KeyFile.GetProperty("private_key").GetString().ShouldStartWith("-----BEGIN PRIVATE KEY-----\n");
        account.Key.KeySize.ShouldBe(2048);
        account.TokenUri.ShouldBe($"{gateway.Sluice.Address.ToString().TrimEnd('/')}/oauth2.googleapis.com/token");
        var shown = await gateway.Admin.GetAsync($"/api/admin/virtual-service-accounts/{account.Id}");
        shown.Text.ShouldNotContain("PRIVATE KEY");
        shown.Json.TryGetProperty("client_secret", out _).ShouldBeFalse();
        (await gateway.Admin.GetAsync("/api/admin/virtual-service-accounts")).Json.GetProperty("data").EnumerateArray()
            .ShouldContain(item => item.GetProperty("id").GetString() == account.Id);
        Directory.EnumerateFiles(gateway.Sluice.DataFolder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock")
            .ShouldAllBe(file => !Encoding.Latin1.GetString(Shared(file)).Contains(account.Json.GetProperty("client_secret").GetString()!));
    }

    [Theory]
    [InlineData("/oauth2.googleapis.com/token")]
    [InlineData("/accounts.google.com/oauth2/token")]
    [InlineData("/accounts.google.com/o/oauth2/token")]
    [InlineData("/www.googleapis.com/oauth2/v4/token")]
    public async Task Assertion_OnEveryPath_GivesATokenThatCallsEverywhere(string path)
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);

        var reply = await VirtualAccount.PostFormAsync(gateway.Anyone, path, ("grant_type", VirtualAccount.JwtBearer), ("assertion", account.Sign()));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("cache-control").ShouldBe("no-store");
        var token = reply.Json.GetProperty("access_token").GetString()!;
        token.ShouldStartWith("ya29.");
        reply.Json.GetProperty("expires_in").GetInt32().ShouldBe(3599);
        reply.Json.GetProperty("token_type").GetString().ShouldBe("Bearer");
        (await CallAsync(token)).ShouldBe(200);
        (await gateway.Anyone.PostAsync("/v1/chat/completions", OpenAIChatWire.Request("sim-large"), ("x-api-key", token))).Status.ShouldBe(200);
        (await gateway.Anyone.PostAsync("/v1/messages", AnthropicWire.Request("sim-large"), ("authorization", $"Bearer {token}"))).Status.ShouldBe(200);
        (await gateway.Anyone.GetAsync($"/v1beta/models?key={token}")).Status.ShouldBe(200);
        (await gateway.Anyone.GetAsync("/api/admin/credentials", ("authorization", $"Bearer {token}"))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Assertion_AsJson_IsTakenToo()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);

        var reply = await gateway.Anyone.PostAsync(
            "/oauth2.googleapis.com/token", JsonSerializer.Serialize(new { grant_type = VirtualAccount.JwtBearer, assertion = account.Sign() }));

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("none with a signature")]
    [InlineData("HS256 with the public key")]
    [InlineData("RS512")]
    [InlineData("another key")]
    [InlineData("changed claims")]
    [InlineData("no signature")]
    [InlineData("wrong kid")]
    [InlineData("kid that is a path")]
    [InlineData("kid that is a number")]
    [InlineData("critical header")]
    [InlineData("unknown issuer")]
    [InlineData("issuer that is a client id")]
    [InlineData("no issuer")]
    [InlineData("expired")]
    [InlineData("future")]
    [InlineData("too long")]
    [InlineData("negative life")]
    [InlineData("no exp")]
    [InlineData("times that are texts")]
    [InlineData("wrong audience")]
    [InlineData("audience list")]
    [InlineData("no audience")]
    [InlineData("duplicate claim")]
    [InlineData("claims that are no object")]
    [InlineData("one part")]
    [InlineData("five parts")]
    [InlineData("not base64url")]
    [InlineData("oversized")]
    [InlineData("broken utf-8")]
    public async Task BadAssertion_IsInvalidGrantAndNothingElse(string what)
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        using var stranger = RSA.Create(2048);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var good = account.Sign();
        var parts = good.Split('.');
        var header = new { alg = "RS256", kid = account.KeyId };
        var assertion = what switch
        {
            "none" => $"{TestServiceAccount.Part(new { alg = "none" })}.{parts[1]}.",
            "none with a signature" => $"{TestServiceAccount.Part(new { alg = "none" })}.{parts[1]}.{parts[2]}",
            "HS256 with the public key" => Hmac(account, parts[1]),
            "RS512" => account.Sign(header: new { alg = "RS512", kid = account.KeyId }),
            "another key" => TestServiceAccount.Sign(stranger, header, account.Claims()),
            "changed claims" => $"{parts[0]}.{TestServiceAccount.Part(account.Claims(("scope", "https://www.googleapis.com/auth/admin")))}.{parts[2]}",
            "no signature" => $"{parts[0]}.{parts[1]}.",
            "wrong kid" => account.Sign(header: new { alg = "RS256", kid = new string('0', 40) }),
            "kid that is a path" => account.Sign(header: new { alg = "RS256", kid = "../../etc/passwd' OR 1=1 --" }),
            "kid that is a number" => account.Sign(header: new { alg = "RS256", kid = 7 }),
            "critical header" => account.Sign(header: new { alg = "RS256", kid = account.KeyId, crit = new[] { "exp" } }),
            "unknown issuer" => account.Sign(account.Claims(("iss", "nobody@sluice-0.iam.gserviceaccount.com"))),
            "issuer that is a client id" => account.Sign(account.Claims(("iss", account.KeyFile.GetProperty("client_id").GetString()))),
            "no issuer" => account.Sign(account.Claims(("iss", null))),
            "expired" => account.Sign(account.Claims(("iat", now - 3700), ("exp", now - 100))),
            "future" => account.Sign(account.Claims(("iat", now + 100), ("exp", now + 1000))),
            "too long" => account.Sign(account.Claims(("exp", now + 3601))),
            "negative life" => account.Sign(account.Claims(("iat", now + 30), ("exp", now + 10))),
            "no exp" => account.Sign(account.Claims(("exp", null))),
            "times that are texts" => account.Sign(account.Claims(("iat", $"{now}"), ("exp", $"{now + 60}"))),
            "wrong audience" => account.Sign(account.Claims(("aud", "https://tokens.example.org/token"))),
            "audience list" => account.Sign(account.Claims(("aud", new[] { account.TokenUri }))),
            "no audience" => account.Sign(account.Claims(("aud", null))),
            "duplicate claim" => SignRaw(account, $"{{\"iss\":\"x\",\"iss\":\"{account.Email}\",\"scope\":\"{VirtualAccount.Scope}\",\"aud\":\"{account.TokenUri}\",\"iat\":{now},\"exp\":{now + 60}}}"),
            "claims that are no object" => $"{parts[0]}.{TestServiceAccount.Part(new[] { 1 })}.{parts[2]}",
            "one part" => parts[0],
            "five parts" => $"{good}.a.b",
            "not base64url" => $"{parts[0]}.%%%%.{parts[2]}",
            "oversized" => account.Sign(account.Claims(("x", new string('x', 9000)))),
            _ => $"{parts[0]}.{Convert.ToBase64String([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]).TrimEnd('=')}.{parts[2]}",
        };

        var reply = await account.ExchangeAsync(gateway.Anyone, assertion);

        reply.Status.ShouldBe(400, reply.Text);
        reply.Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
        reply.Json.GetProperty("error_description").GetString().ShouldNotBeNullOrEmpty();
        (await account.ExchangeAsync(gateway.Anyone)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("sub", "someone@example.org", 401, "unauthorized_client")]
    [InlineData("scope", "", 400, "invalid_scope")]
    [InlineData("scope", "everything", 400, "invalid_scope")]
    [InlineData("scope", null, 400, "invalid_scope")]
    public async Task Claim_ThatAsksForTooMuch_IsRefusedAsGoogleDoes(string name, string? value, int status, string error)
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);

        var reply = await account.ExchangeAsync(gateway.Anyone, account.Sign(account.Claims((name, value))));

        reply.Status.ShouldBe(status, reply.Text);
        reply.Json.GetProperty("error").GetString().ShouldBe(error);
    }

    [Fact]
    public async Task Assertion_AtTheEdges_IsAccepted()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string[] assertions =
        [
            account.Sign(header: new { alg = "RS256" }),
            account.Sign(account.Claims(("iat", now + 50), ("exp", now + 3600))),
            account.Sign(account.Claims(("iat", now - 3600), ("exp", now - 45))),
            account.Sign(account.Claims(("sub", account.Email))),
            .. ((string[])["https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token", "https://accounts.google.com/o/oauth2/token"])
                .Select(audience => account.Sign(account.Claims(("aud", audience)))),
        ];

        foreach (var assertion in assertions)
        {
            (await account.ExchangeAsync(gateway.Anyone, assertion)).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task Replay_IsRefusedWhereTheAssertionSaysThatItIsGoodOnce()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        var once = account.Sign(account.Claims(("jti", "a")));
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => account.ExchangeAsync(gateway.Anyone, once)));
        replies.Count(reply => reply.Status == 200).ShouldBe(1);
        replies.Where(reply => reply.Status != 200).ShouldAllBe(reply => reply.Text.Contains("has been used"));

        // Google's own libraries write no jti, and two of their processes may sign the same bytes.
        var many = account.Sign();
        (await account.ExchangeAsync(gateway.Anyone, many)).Status.ShouldBe(200);
        (await account.ExchangeAsync(gateway.Anyone, many)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("", 400, "invalid_request")]
    [InlineData("grant_type=password&username=a&password=b", 400, "unsupported_grant_type")]
    [InlineData("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials&client_id=1&client_secret=2", 401, "invalid_client")]
    [InlineData("grant_type=refresh_token&client_id=1&client_secret=2&refresh_token=3", 401, "invalid_client")]
    public async Task BadRequest_IsAnErrorOfTheTokenEndpoint(string form, int status, string error)
    {
        var reply = await gateway.Anyone.PostAsync("/oauth2.googleapis.com/token", form, ("content-type", "application/x-www-form-urlencoded"));

        reply.Status.ShouldBe(status, reply.Text);
        reply.Json.GetProperty("error").GetString().ShouldBe(error);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"grant_type\":\"a\",\"grant_type\":\"b\"}")]
    [InlineData("{")]
    [InlineData("{\"grant_type\":\"\\ud800\"}")]
    public async Task BadJson_IsInvalidRequest(string body)
    {
        var reply = await gateway.Anyone.PostAsync("/oauth2.googleapis.com/token", body);

        reply.Status.ShouldBe(400);
        reply.Json.GetProperty("error").GetString().ShouldBe("invalid_request");
    }

    [Fact]
    public async Task LargeBody_IsRefused()
        => (await gateway.Anyone.PostAsync("/oauth2.googleapis.com/token", "assertion=" + new string('a', 40_000), ("content-type", "application/x-www-form-urlencoded"))).Status.ShouldBe(400);

    [Fact]
    public async Task Disable_Enable_Delete_HoldAtOnce()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        var token = await account.TokenAsync(gateway.Anyone);
        (await CallAsync(token)).ShouldBe(200);

        (await gateway.Admin.PostAsync($"/api/admin/virtual-service-accounts/{account.Id}/disable", "")).Json.GetProperty("state").GetString().ShouldBe("disabled");
        (await CallAsync(token)).ShouldBe(401);
        (await account.ExchangeAsync(gateway.Anyone)).Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
        (await CertificatesAsync(account)).Status.ShouldBe(404);

        (await gateway.Admin.PostAsync($"/api/admin/virtual-service-accounts/{account.Id}/enable", "")).Json.GetProperty("state").GetString().ShouldBe("enabled");
        (await CallAsync(token)).ShouldBe(200);

        (await gateway.Admin.DeleteAsync($"/api/admin/virtual-service-accounts/{account.Id}")).Status.ShouldBe(204);
        (await CallAsync(token)).ShouldBe(401);
        (await account.ExchangeAsync(gateway.Anyone)).Status.ShouldBe(400);
        (await gateway.Admin.GetAsync($"/api/admin/virtual-service-accounts/{account.Id}")).Status.ShouldBe(404);
        (await gateway.Admin.DeleteAsync($"/api/admin/virtual-service-accounts/{account.Id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Rotate_EndsTheOldKeyAndItsTokens()
    {
        using var old = await VirtualAccount.CreateAsync(gateway.Admin);
        var token = await old.TokenAsync(gateway.Anyone);
        var overlapping = await gateway.Admin.PostAsync($"/api/admin/virtual-service-accounts/{old.Id}/rotate", """{"overlap_seconds":600}""");
        overlapping.Status.ShouldBe(200, overlapping.Text);
        using var second = VirtualAccount.Of(overlapping);
        second.Email.ShouldBe(old.Email);
        (await CallAsync(token)).ShouldBe(200);
        (await old.ExchangeAsync(gateway.Anyone)).Status.ShouldBe(200);
        (await CallAsync(await second.TokenAsync(gateway.Anyone))).ShouldBe(200);

        using var third = VirtualAccount.Of(await gateway.Admin.PostAsync($"/api/admin/virtual-service-accounts/{old.Id}/rotate", ""));

        (await CallAsync(token)).ShouldBe(401);
        (await old.ExchangeAsync(gateway.Anyone)).Status.ShouldBe(400);
        (await second.ExchangeAsync(gateway.Anyone)).Status.ShouldBe(400);
        (await CallAsync(await third.TokenAsync(gateway.Anyone))).ShouldBe(200);
    }

    [Fact]
    public async Task Limits_AreTheAccountsWhicheverTokenIsUsed()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin, ""","limits":{"rpm":2},"models":["gemini-*"]""");
        var tokens = new[] { await account.TokenAsync(gateway.Anyone), await account.TokenAsync(gateway.Anyone), await account.TokenAsync(gateway.Anyone) };
        tokens.Distinct().Count().ShouldBe(3);

        (await CallAsync(tokens[0])).ShouldBe(200);
        (await CallAsync(tokens[1])).ShouldBe(200);
        (await CallAsync(tokens[2])).ShouldBe(429);
        (await gateway.Anyone.PostAsync("/v1/chat/completions", OpenAIChatWire.Request("sim-large"), ("authorization", $"Bearer {tokens[0]}"))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Budget_OfTheAccount_RefusesWhatItDoesNotCover()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin, ""","budget":{"usd":0.000001}""");

        var reply = await gateway.Anyone.PostAsync("/v1/chat/completions", OpenAIChatWire.Request("sim-small"), ("authorization", $"Bearer {await account.TokenAsync(gateway.Anyone)}"));

        reply.Status.ShouldBe(403);
        reply.Text.ShouldContain("budget");
    }

    [Fact]
    public async Task Token_AfterARestart_StillHolds()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        var token = await account.TokenAsync(gateway.Anyone);

        await gateway.RestartAsync();

        (await CallAsync(token)).ShouldBe(200);
        (await account.ExchangeAsync(gateway.Anyone)).Status.ShouldBe(200);
        (await CallAsync(token[..^2] + "AA")).ShouldBe(401);
    }

    [Fact]
    public async Task ClientCredentials_Codes_AndRefreshTokens_GiveTokens()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);
        (string, string) id = ("client_id", account.KeyFile.GetProperty("client_id").GetString()!);
        (string, string) secret = ("client_secret", account.Json.GetProperty("client_secret").GetString()!);

        var direct = await VirtualAccount.PostFormAsync(gateway.Anyone, ("grant_type", "client_credentials"), id, secret);
        direct.Status.ShouldBe(200, direct.Text);
        (await CallAsync(direct.Json.GetProperty("access_token").GetString()!)).ShouldBe(200);
        direct.Json.TryGetProperty("refresh_token", out _).ShouldBeFalse();
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id.Item2}:{secret.Item2}"));
        (await gateway.Anyone.PostAsync(
            "/oauth2.googleapis.com/token", "grant_type=client_credentials", ("content-type", "application/x-www-form-urlencoded"), ("authorization", $"Basic {basic}"))).Status.ShouldBe(200);

        var code = (await gateway.Admin.PostAsync($"/api/admin/virtual-service-accounts/{account.Id}/authorization-codes", """{"redirect_uri":"http://localhost:1/cb"}""")).Json.GetProperty("code").GetString()!;
        Task<GatewayReply> RedeemAsync(string uri) => VirtualAccount.PostFormAsync(gateway.Anyone, ("grant_type", "authorization_code"), id, secret, ("code", code), ("redirect_uri", uri));
        (await RedeemAsync("http://evil.example.org/cb")).Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
        var redeemed = await RedeemAsync("http://localhost:1/cb");
        redeemed.Status.ShouldBe(200, redeemed.Text);
        (await RedeemAsync("http://localhost:1/cb")).Json.GetProperty("error").GetString().ShouldBe("invalid_grant");

        var refresh = redeemed.Json.GetProperty("refresh_token").GetString()!;
        var refreshed = await VirtualAccount.PostFormAsync(gateway.Anyone, ("grant_type", "refresh_token"), id, secret, ("refresh_token", refresh));
        (await CallAsync(refreshed.Json.GetProperty("access_token").GetString()!)).ShouldBe(200);
        (await CallAsync(refresh)).ShouldBe(401);
        var wrong = await VirtualAccount.PostFormAsync(gateway.Anyone, ("grant_type", "refresh_token"), id, secret, ("refresh_token", direct.Json.GetProperty("access_token").GetString()!));
        wrong.Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
        await gateway.Admin.PostAsync($"/api/admin/virtual-service-accounts/{account.Id}/rotate", "");
        (await VirtualAccount.PostFormAsync(gateway.Anyone, ("grant_type", "refresh_token"), id, secret, ("refresh_token", refresh))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Certificates_OfTheAccount_CarryItsPublicKey()
    {
        using var account = await VirtualAccount.CreateAsync(gateway.Admin);

        var reply = await CertificatesAsync(account);

        using var certificate = X509Certificate2.CreateFromPem(reply.Json.GetProperty(account.KeyId).GetString());
        certificate.GetRSAPublicKey()!.ExportSubjectPublicKeyInfo().ShouldBe(account.Key.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public async Task Binding_SharesCallsByItsWeightsAndNoOthers()
    {
        using var account = await VirtualAccount.CreateAsync(
            gateway.Admin, ""","credentials":[{"provider":"vx","credential":"one","weight":3},{"location":"europe-west1","credential":"two"}]""");
        using var alone = await VirtualAccount.CreateAsync(gateway.Admin, ""","credentials":[{"credential":"two"}]""");
        var before = gateway.Vertex.Calls.Count;
        var token = await account.TokenAsync(gateway.Anyone);
        for (var i = 0; i < 200; i++)
        {
            (await CallAsync(token)).ShouldBe(200);
        }

        gateway.Vertex.Calls.Skip(before).Count(call => call.Path.Contains("/proj-one/")).ShouldBeInRange(125, 175);
        before = gateway.Vertex.Calls.Count;
        token = await alone.TokenAsync(gateway.Anyone);
        for (var i = 0; i < 10; i++)
        {
            (await CallAsync(token)).ShouldBe(200);
        }

        gateway.Vertex.Calls.Skip(before).ShouldAllBe(call => call.Path.Contains("/proj-two/"));
        var elsewhere = await gateway.Anyone.PostAsync("/v1/chat/completions", OpenAIChatWire.Request("sim-large"), ("authorization", $"Bearer {token}"));
        elsewhere.Status.ShouldBe(403);
        elsewhere.Text.ShouldContain("no_bound_credential");
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"a","credentials":[{}]}""")]
    [InlineData("""{"name":"a","credentials":[{"provider":"nonesuch"}]}""")]
    [InlineData("""{"name":"a","private_key":"mine"}""")]
    [InlineData("""{"name":"a","expires_at":"2020-01-01T00:00:00Z"}""")]
    public async Task BadBody_IsAProblem(string body)
    {
        var reply = await gateway.Admin.PostAsync("/api/admin/virtual-service-accounts", body);

        reply.Status.ShouldBe(400);
        reply.Header("content-type")!.ShouldStartWith("application/problem+json");
    }

    private Task<GatewayReply> CertificatesAsync(VirtualAccount account)
        => gateway.Anyone.GetAsync($"/www.googleapis.com/robot/v1/metadata/x509/{Uri.EscapeDataString(account.Email)}");

    private async Task<int> CallAsync(string token) => (await gateway.Anyone.PostAsync(VertexPath, GeminiWire.Request($"Conversation {Interlocked.Increment(ref Said)}"), ("authorization", $"Bearer {token}"))).Status;

    private static string Hmac(VirtualAccount account, string claims)
    {
        var signed = $"{TestServiceAccount.Part(new { alg = "HS256", kid = account.KeyId })}.{claims}";
        var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(account.Key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(mac)}";
    }

    private static string SignRaw(VirtualAccount account, string claims)
    {
        var signed = $"{TestServiceAccount.Part(new { alg = "RS256", kid = account.KeyId })}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(account.Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static byte[] Shared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
