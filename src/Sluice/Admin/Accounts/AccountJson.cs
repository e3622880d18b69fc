using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin.Accounts;

/// <summary>The wire forms of accounts. Unknown and repeated members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 32,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(RegisterBody))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(RefreshBody))]
[JsonSerializable(typeof(TokenItem))]
[JsonSerializable(typeof(TokenErrorItem))]
[JsonSerializable(typeof(MeItem))]
[JsonSerializable(typeof(ProfileItem))]
[JsonSerializable(typeof(ChangeProfileBody))]
[JsonSerializable(typeof(EmailBody))]
[JsonSerializable(typeof(OneTimeTokenBody))]
[JsonSerializable(typeof(NewPasswordBody))]
[JsonSerializable(typeof(Page<SessionItem>))]
[JsonSerializable(typeof(Page<ApiKeyItem>))]
[JsonSerializable(typeof(CreatedApiKeyItem))]
[JsonSerializable(typeof(CreateOwnKeyBody))]
[JsonSerializable(typeof(RotateApiKeyBody))]
[JsonSerializable(typeof(Page<UserItem>))]
[JsonSerializable(typeof(CreateUserBody))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(TierBody))]
[JsonSerializable(typeof(TeamBody))]
[JsonSerializable(typeof(QuotaBody))]
[JsonSerializable(typeof(InviteBody))]
[JsonSerializable(typeof(InviteItem))]
[JsonSerializable(typeof(KeySetItem))]
[JsonSerializable(typeof(SignInItem))]
[JsonSerializable(typeof(CallbackBody))]
internal sealed partial class AccountJson : JsonSerializerContext;
