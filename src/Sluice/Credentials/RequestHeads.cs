using Sluice.Credentials.Tokens;
using Sluice.Protocol;
using Sluice.Providers;

namespace Sluice.Credentials;

/// <summary>The request heads of a credential with one secret: the one of each operation is made when it is first asked for.</summary>
/// <param name="token">The access token in them; null where the credential is its own secret.</param>
internal sealed class RequestHeads(AccessToken? token)
{
    private readonly RequestHeadTemplate?[] _templates = new RequestHeadTemplate?[Operation.All.Count];

    public AccessToken? Token { get; } = token;

    /// <summary>The head of an operation.</summary>
    /// <param name="operation">What is asked.</param>
    /// <param name="target">The path and query where it is the same for every call; null where it is not.</param>
    /// <param name="slot">Whose head it is.</param>
    /// <param name="provider">Signs it.</param>
    public RequestHeadTemplate Of(Operation operation, string? target, CredentialSlot slot, IProvider provider)
        => _templates[operation.Index] ??= Make(target, slot, provider, hasBody: !operation.OfKept);

    /// <summary>The head of an operation when it was made before; null when it was not.</summary>
    public RequestHeadTemplate? Find(Operation operation) => _templates[operation.Index];

    /// <summary>A head that is not kept.</summary>
    public RequestHeadTemplate Make(string? target, CredentialSlot slot, IProvider provider, bool hasBody = true)
        => RequestHeadTemplate.Make(target, slot.Pool.Origin.Authority, provider, Token?.Text ?? slot.Config.ApiKey.Reveal(), Token is not null, hasBody);
}
