using System.Text.Json;

namespace Sluice.Auth.Tokens;

/// <summary>What an access token says.</summary>
/// <param name="Issuer">The service's public URL.</param>
/// <param name="Audience">Always <see cref="ThisAudience"/>.</param>
/// <param name="Subject">The user's id.</param>
/// <param name="SessionId">The session that it belongs to, or the API key that it was exchanged for.</param>
/// <param name="IssuedAt">Seconds since the Unix epoch.</param>
/// <param name="ExpiresAt">Seconds since the Unix epoch.</param>
internal sealed record AccessTokenClaims(string Issuer, string Audience, string Subject, string SessionId, long IssuedAt, long ExpiresAt)
{
    public const string ThisAudience = "sluice";

    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("iss"u8, Issuer);
            json.WriteString("aud"u8, Audience);
            json.WriteString("sub"u8, Subject);
            json.WriteString("sid"u8, SessionId);
            json.WriteNumber("iat"u8, IssuedAt);
            json.WriteNumber("exp"u8, ExpiresAt);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>The claims; null when one is missing, stands twice, is of another kind, or is not one of these six.</summary>
    public static AccessTokenClaims? Parse(ReadOnlySpan<byte> json)
    {
        string? issuer = null, audience = null, subject = null, session = null;
        long? issuedAt = null, expiresAt = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isGood = reader.ValueTextEquals("iss"u8) ? Text(ref reader, ref issuer)
                    : reader.ValueTextEquals("aud"u8) ? Text(ref reader, ref audience)
                    : reader.ValueTextEquals("sub"u8) ? Text(ref reader, ref subject)
                    : reader.ValueTextEquals("sid"u8) ? Text(ref reader, ref session)
                    : reader.ValueTextEquals("iat"u8) ? Number(ref reader, ref issuedAt)
                    : reader.ValueTextEquals("exp"u8) && Number(ref reader, ref expiresAt);
                if (!isGood)
                {
                    return null;
                }
            }

            if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
            {
                return null;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return issuer is null || audience is null || subject is null || session is null || issuedAt is null || expiresAt is null
            ? null
            : new AccessTokenClaims(issuer, audience, subject, session, issuedAt.Value, expiresAt.Value);
    }

    private static bool Text(ref Utf8JsonReader reader, ref string? value)
    {
        if (value is not null || !reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        value = reader.GetString();
        return true;
    }

    private static bool Number(ref Utf8JsonReader reader, ref long? value)
    {
        if (value is not null || !reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number))
        {
            return false;
        }

        value = number;
        return true;
    }
}
