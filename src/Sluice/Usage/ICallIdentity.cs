namespace Sluice.Usage;

/// <summary>Who called what through whom: what reservations, checkpoints and outcomes have in common.</summary>
internal interface ICallIdentity
{
    string RequestId { get; }

    string? ClientRequestId { get; }

    string KeyId { get; }

    string KeyName { get; }

    string? User { get; }

    string Model { get; }

    string Provider { get; }

    string UpstreamModel { get; }

    string Credential { get; }

    string Operation { get; }

    string? PriceId { get; }

    long AtMicros { get; }

    IReadOnlyList<BudgetCharge> Charges { get; }
}
