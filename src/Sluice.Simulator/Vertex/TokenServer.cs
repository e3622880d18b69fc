using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Vertex;

/// <summary>Google's token endpoint: any assertion of three parts is exchanged, and none is checked, as any key will do elsewhere here.</summary>
internal static class TokenServer
{
    private const int Lifetime = 3599;

    public static async Task ServeAsync(HttpContext http)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        var assertion = form["assertion"].ToString();
        var good = form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" && assertion.Split('.').Length == 3;
        http.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.Body.WriteAsync(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            if (good)
            {
                json.WriteString("access_token", "ya29.sim-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(assertion)).AsSpan(0, 20)));
                json.WriteNumber("expires_in", Lifetime);
                json.WriteString("token_type", "Bearer");
            }
            else
            {
                json.WriteString("error", "invalid_grant");
                json.WriteString("error_description", "Invalid JWT: the assertion is missing or not three parts.");
            }

            json.WriteEndObject();
        }), http.RequestAborted);
    }
}
