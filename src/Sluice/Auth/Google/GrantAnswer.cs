namespace Sluice.Auth.Google;

/// <summary>A refusal of the token endpoint, in the form of RFC 6749 §5.2 and in Google's words.</summary>
/// <param name="Status">400, or 401 where the client itself is not known.</param>
/// <param name="Error">Such as <c>invalid_grant</c>.</param>
/// <param name="Description">Says what to change; never repeats what was sent.</param>
internal sealed record GrantError(int Status, string Error, string Description)
{
    public static GrantError InvalidRequest(string description) => new(StatusCodes.Status400BadRequest, "invalid_request", description);

    public static GrantError InvalidGrant(string description) => new(StatusCodes.Status400BadRequest, "invalid_grant", description);
}

/// <summary>What a grant came to: one of the two is set.</summary>
/// <param name="Members">The members of the answer, in order; numbers are written as numbers.</param>
/// <param name="Error">Why there is none.</param>
internal readonly record struct GrantAnswer(IReadOnlyList<KeyValuePair<string, object>>? Members, GrantError? Error)
{
    public static implicit operator GrantAnswer(GrantError error) => new(null, error);

    public static GrantAnswer Of(params IReadOnlyList<KeyValuePair<string, object>> members) => new(members, null);
}
