using Microsoft.Extensions.DependencyInjection;
using Sluice.Pricing.Import;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Cli;

public sealed class PricesCommandsTests : IDisposable
{
    private const string Catalogue = """
        {"gpt-x": {"litellm_provider": "openai", "input_cost_per_token": 1.25e-06}, "bad": {"litellm_provider": "openai", "input_cost_per_token": -1}, "none": {"litellm_provider": "openai"}}
        """;

    private readonly TemporaryStorage _storage = new();
    private readonly PriceStore _store;
    private readonly CommandRun _run;

    public PricesCommandsTests()
    {
        _store = new PriceStore(_storage.Open(), TimeProvider.System);
        _run = new CommandRun { Services = services => services.AddSingleton(_store) };
        _run.Write(Catalogue, "prices.json");
    }

    public void Dispose()
    {
        _run.Dispose();
        _storage.Dispose();
    }

    [Fact]
    public async Task Import_Catalogue_StoresItsPricesAndReportsTheRest()
    {
        (await _run.RunAsync("prices import prices.json --effective-from 2026-12-01 --json")).ShouldBe(0);

        var report = _run.Json;
        (report.GetProperty("format").GetString(), report.GetProperty("imported").GetInt32(), report.GetProperty("without_price").GetInt32()).ShouldBe(("litellm", 1, 1));
        report.GetProperty("refused")[0].GetProperty("name").GetString().ShouldBe("bad");
        _store.Load().ShouldHaveSingleItem().Id.ShouldBe("import:litellm/gpt-x@2026-12-01");
    }

    [Fact]
    public async Task Import_DryRun_StoresNothing()
    {
        (await _run.RunAsync("prices import prices.json --dry-run")).ShouldBe(0);

        _run.Text.ShouldContain("1 prices from");
        _run.ErrorText.ShouldContain("refused bad: input_cost_per_token is negative");
        _store.Load().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("prices import missing.json", 5)]
    [InlineData("prices import prices.json --effective-from tomorrow", 2)]
    [InlineData("prices import prices.json --format csv", 2)]
    [InlineData("prices import prices.json --format models-dev", 1)]
    [InlineData("prices import other.json", 1)]
    public async Task Import_WhatCannotBeImported_FailsAndStoresNothing(string command, int exitCode)
    {
        _run.Write("[1]", "other.json");

        (await _run.RunAsync(command)).ShouldBe(exitCode);

        _store.Load().ShouldBeEmpty();
    }
}
