namespace Sluice.Credentials.Tokens;

/// <summary>Stands where a key file cannot be used: says why whenever it is asked, and asks nobody.</summary>
internal sealed class UnusableKeyFile(string reason) : ITokenExchange
{
    public TimeSpan UsualEarly => TimeSpan.Zero;

    public ValueTask<TokenAnswer> FetchAsync(CancellationToken cancellationToken)
        => ValueTask.FromResult(TokenAnswer.Failed(new TokenFailure(true, "invalid_key_file", $"The key file cannot be used: {reason}.")));

    public void Dispose()
    {
        // Holds nothing.
    }
}
