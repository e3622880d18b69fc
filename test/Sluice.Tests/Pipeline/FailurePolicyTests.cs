using Sluice.Pipeline;
using Sluice.Providers;

namespace Sluice.Tests.Pipeline;

public sealed class FailurePolicyTests
{
    /// <summary>The table once more, as the contract says it; a new kind must be decided on in both places.</summary>
    [Theory]
    [InlineData(UpstreamFailureKind.BadRequest, false, false, true)]
    [InlineData(UpstreamFailureKind.CredentialRejected, true, false, false)]
    [InlineData(UpstreamFailureKind.OutOfCredit, true, false, true)]
    [InlineData(UpstreamFailureKind.RateLimited, true, false, true)]
    [InlineData(UpstreamFailureKind.Overloaded, true, true, true)]
    [InlineData(UpstreamFailureKind.ServerError, true, true, true)]
    [InlineData(UpstreamFailureKind.ConnectFailed, true, true, false)]
    [InlineData(UpstreamFailureKind.Timeout, true, true, false)]
    [InlineData(UpstreamFailureKind.ProtocolError, true, true, false)]
    public void For_EachKind_IsDecided(UpstreamFailureKind kind, bool tryAnother, bool leaveTarget, bool showVendorError)
    {
        var rule = FailurePolicy.For(kind);

        rule.TryAnother.ShouldBe(tryAnother);
        rule.LeaveTarget.ShouldBe(leaveTarget);
        rule.ShowVendorError.ShouldBe(showVendorError);
    }

    [Fact]
    public void For_RefusedCredential_RestsWithoutAWord_AndNoOtherDoes()
    {
        foreach (var kind in Enum.GetValues<UpstreamFailureKind>())
        {
            var rest = kind is UpstreamFailureKind.CredentialRejected;
            (FailurePolicy.For(kind).CoolsWithoutWord > TimeSpan.Zero).ShouldBe(rest, kind.ToString());
        }
    }
}
