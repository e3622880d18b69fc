namespace Sluice.Tests.Integration;

/// <summary>Prices in force as an administrator sees them.</summary>
public sealed class PriceTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Prices_OfOneModel_ShowOriginAndId()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Admin.GetAsync($"/api/admin/prices?model={lane.Chat}");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Json.GetProperty("unpriced").GetString().ShouldBe("allow");
        var item = reply.Json.GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("origin").GetString().ShouldBe("operator");
        item.GetProperty("price_id").GetString().ShouldStartWith("operator:");
        item.GetProperty("price").GetProperty("cache_write_1h").GetDecimal().ShouldBe(2);
    }

    [Fact]
    public async Task Prices_OfEveryModel_AreForAdministratorsAlone()
    {
        (await gateway.Admin.GetAsync("/api/admin/prices")).Json.GetProperty("data").GetArrayLength().ShouldBeGreaterThan(1);
        (await gateway.Admin.GetAsync("/api/admin/prices?model=unheard-of")).Json.GetProperty("data").GetArrayLength().ShouldBe(0);
        (await gateway.Client.GetAsync("/api/admin/prices")).Status.ShouldBe(403);
    }
}
