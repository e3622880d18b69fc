using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Auth.Tokens;

namespace Sluice.Admin.Accounts;

/// <summary>The keys with which others verify access tokens.</summary>
internal sealed class KeySetEndpoint(SigningKeys keys)
{
    public void Map(IEndpointRouteBuilder routes)
        => routes.MapOperation("GET", "/.well-known/jwks.json", "The keys that verify access tokens, as a JSON Web Key Set", GetAsync)
            .Answers<KeySetItem>().WithTags("Accounts").WithAccess(Access.Anyone);

    private async Task GetAsync(HttpContext context)
    {
        await keys.CurrentAsync();
        await context.WriteJsonAsync(new KeySetItem([.. keys.Published.Select(Item)]), AccountJson.Default.KeySetItem);
    }

    private static JsonWebKeyItem Item(SigningKey key) => new("EC", "P-256", "sig", SigningKey.Algorithm, key.Id, key.Point.X, key.Point.Y);
}
