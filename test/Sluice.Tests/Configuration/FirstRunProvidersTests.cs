using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class FirstRunProvidersTests
{
    [Fact]
    public void Load_NothingConfigured_TheSimulatorServes()
    {
        using var folder = new ConfigurationFolder();

        var provider = folder.Load().Config.Providers.ShouldHaveSingleItem();

        (provider.Name, provider.Type, provider.Origin).ShouldBe(("simulator", "simulator", ConfigOrigin.Default));
    }

    [Fact]
    public void Load_VendorVariablesSet_TheirProvidersAreOffered()
    {
        using var folder = new ConfigurationFolder();
        folder.Variables["GROQ_API_KEY"] = "gsk";
        folder.Variables["GOOGLE_API_KEY"] = "AIza";
        folder.Variables["OPENAI_API_KEY"] = " ";

        var providers = folder.Load().Config.Providers;

        providers.Select(p => (p.Name, p.Type, p.Origin, p.Credentials[0].Name, p.Credentials[0].ApiKey.Reveal())).ShouldBe(
        [
            ("gemini", "gemini", ConfigOrigin.Default, "GOOGLE_API_KEY", "AIza"),
            ("groq", "groq", ConfigOrigin.Default, "GROQ_API_KEY", "gsk"),
        ]);
        providers[1].BaseUrl.ShouldBe("https://api.groq.com/openai/v1");
    }

    [Theory]
    [InlineData("providers: [ { name: a, type: openai } ]", "a")]
    [InlineData("providers: []", "")]
    public void Load_ProvidersInTheFile_AreAllThereIs(string yaml, string names)
    {
        using var folder = new ConfigurationFolder(yaml);
        folder.Variables["GROQ_API_KEY"] = "gsk";

        string.Join(',', folder.Load().Config.Providers.Select(p => p.Name)).ShouldBe(names);
    }

    [Fact]
    public void Load_ProvidersOfTheDatabase_StandBesideOfferedOnesAndKeepTheirNames()
    {
        using var folder = new ConfigurationFolder();
        folder.Variables["GROQ_API_KEY"] = "gsk";
        folder.Variables["OPENAI_API_KEY"] = "sk";
        var own = new ProviderConfig { Name = "groq", Type = "openai", Origin = ConfigOrigin.Database };

        var providers = folder.CreateLoader().Load(c => c with { Providers = [.. c.Providers.Where(p => p.Name != own.Name), own] }).Config.Providers;

        providers.Select(p => (p.Name, p.Origin)).ShouldBe([("groq", ConfigOrigin.Database), ("openai", ConfigOrigin.Default)], ignoreOrder: true);
    }

    [Fact]
    public void Load_TargetOfTheFileWithProviderOfTheDatabase_IsValid()
    {
        using var folder = new ConfigurationFolder("models: [ { name: m, targets: [ { provider: from-database } ] } ]");
        var own = new ProviderConfig { Name = "from-database", Type = "openai", Origin = ConfigOrigin.Database };
        var loader = folder.CreateLoader();

        loader.Load().Errors.ShouldNotBeEmpty();
        loader.Complete(loader.Read(), beforeDatabase: true).Errors.ShouldBeEmpty();
        loader.Load(c => c with { Providers = [own] }).Errors.ShouldBeEmpty();
    }
}
