namespace Sluice.Auth;

/// <summary>Who may call an endpoint. Every endpoint carries exactly one; a start-up test lists them and fails on one without.</summary>
internal enum Access
{
    /// <summary>Anyone: health, documentation, certificates, entrances.</summary>
    Anyone,

    /// <summary>A valid API key, identified by the pipeline itself so that a refusal is in the client's dialect.</summary>
    Pipeline,

    /// <summary>Any valid API key or access token.</summary>
    Caller,

    /// <summary>Who has an account: by a session, or by a key with the scope <c>account</c>, for reading <c>account:read</c>.</summary>
    Account,

    /// <summary>An operator's or an administrator's session, or an administrator's key.</summary>
    Operator,

    /// <summary>An administrator's session or key.</summary>
    Administrator,
}

/// <summary>The policy as endpoint metadata.</summary>
internal sealed record EndpointPolicy(Access Access);

internal static class EndpointPolicyExtensions
{
    /// <summary>Attaches the policy to an endpoint or a group.</summary>
    public static TBuilder WithAccess<TBuilder>(this TBuilder builder, Access access)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new EndpointPolicy(access));
}
