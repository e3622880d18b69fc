using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

/// <summary>The wire forms of <c>/api/admin</c>. Unknown and repeated members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 32,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(Page<ApiKeyItem>))]
[JsonSerializable(typeof(CreatedApiKeyItem))]
[JsonSerializable(typeof(CreateApiKeyBody))]
[JsonSerializable(typeof(ChangeApiKeyBody))]
[JsonSerializable(typeof(Page<ProviderItem>))]
[JsonSerializable(typeof(CreateProviderBody))]
[JsonSerializable(typeof(ReplaceProviderBody))]
[JsonSerializable(typeof(Page<CredentialItem>))]
[JsonSerializable(typeof(CreateCredentialBody))]
[JsonSerializable(typeof(ChangeCredentialBody))]
[JsonSerializable(typeof(TestCredentialBody))]
[JsonSerializable(typeof(CredentialTestItem))]
[JsonSerializable(typeof(TestCredentialsBody))]
[JsonSerializable(typeof(TestedCredentialsItem))]
[JsonSerializable(typeof(ImportCredentialsBody))]
[JsonSerializable(typeof(ImportedCredentialsItem))]
[JsonSerializable(typeof(Page<ModelItem>))]
[JsonSerializable(typeof(CreateModelBody))]
[JsonSerializable(typeof(ReplaceModelBody))]
[JsonSerializable(typeof(Page<BudgetItem>))]
[JsonSerializable(typeof(Page<BudgetBalanceItem>))]
[JsonSerializable(typeof(CreateBudgetBody))]
[JsonSerializable(typeof(ReplaceBudgetBody))]
[JsonSerializable(typeof(Page<UsageRecordItem>))]
[JsonSerializable(typeof(UsageRecordItem))]
[JsonSerializable(typeof(CorrectUsageBody))]
[JsonSerializable(typeof(UsageSummary))]
[JsonSerializable(typeof(PriceTable))]
[JsonSerializable(typeof(RequestTraceItem))]
[JsonSerializable(typeof(Page<McpServerItem>))]
[JsonSerializable(typeof(ConfigurationItem))]
[JsonSerializable(typeof(ReloadedItem))]
[JsonSerializable(typeof(SetupBody))]
[JsonSerializable(typeof(Page<AuditItem>))]
[JsonSerializable(typeof(Page<VirtualServiceAccountItem>))]
[JsonSerializable(typeof(IssuedVirtualServiceAccountItem))]
[JsonSerializable(typeof(CreateVirtualServiceAccountBody))]
[JsonSerializable(typeof(RotateVirtualServiceAccountBody))]
[JsonSerializable(typeof(CreateAuthorizationCodeBody))]
[JsonSerializable(typeof(AuthorizationCodeItem))]
internal sealed partial class AdminJson : JsonSerializerContext;
