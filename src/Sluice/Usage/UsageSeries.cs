namespace Sluice.Usage;

/// <summary>The texts of a record that repeat from call to call; the database keeps each combination once.</summary>
internal readonly record struct UsageSeries(
    string KeyId, string KeyName, string User, string Model, string Provider, string UpstreamModel, string Credential, string Operation, string PriceId)
{
    /// <summary>Clients choose model names freely; longer ones are cut so that a row stays small.</summary>
    private const int LongestText = 256;

    public static UsageSeries Of(UsageRecord record) => new(
        Cut(record.KeyId),
        Cut(record.KeyName),
        Cut(record.User ?? ""),
        Cut(record.Model),
        Cut(record.Provider),
        Cut(record.UpstreamModel),
        Cut(record.Credential),
        Cut(record.Operation),
        Cut(record.PriceId ?? ""));

    /// <summary>True when a record has the very same string objects: the usual case for calls of one key and model in a row.</summary>
    public bool HasSameTexts(UsageRecord record)
        => ReferenceEquals(KeyId, record.KeyId)
        && ReferenceEquals(Provider, record.Provider)
        && ReferenceEquals(Credential, record.Credential)
        && ReferenceEquals(Operation, record.Operation)
        && string.Equals(Model, record.Model, StringComparison.Ordinal)
        && string.Equals(UpstreamModel, record.UpstreamModel, StringComparison.Ordinal)
        && string.Equals(KeyName, record.KeyName, StringComparison.Ordinal)
        && string.Equals(User, record.User ?? "", StringComparison.Ordinal)
        && string.Equals(PriceId, record.PriceId ?? "", StringComparison.Ordinal);

    /// <summary>Few of the texts tell most series apart; hashing all nine would cost more than writing the row.</summary>
    public override int GetHashCode()
        => HashCode.Combine(
            KeyId.GetHashCode(StringComparison.Ordinal), Model.GetHashCode(StringComparison.Ordinal), Credential.GetHashCode(StringComparison.Ordinal));

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText];
}
