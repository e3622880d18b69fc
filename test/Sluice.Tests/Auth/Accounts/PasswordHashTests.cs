using Sluice.Auth.Accounts;

namespace Sluice.Tests.Auth.Accounts;

public sealed class PasswordHashTests
{
    [Fact]
    public void Verify_NewHash_KnowsItsPasswordAlone()
    {
        var hash = PasswordHash.Create("pässwörd 1", cost: 4);

        PasswordHash.IsKnown(hash).ShouldBeTrue();
        PasswordHash.Verify(hash, "pässwörd 1", cost: 4).ShouldBeTrue();
        PasswordHash.Verify(hash, "password 1", cost: 4).ShouldBeFalse();
        PasswordHash.Verify(null, "pässwörd 1", cost: 4).ShouldBeFalse();
    }

    [Fact]
    public void Verify_WhatBcryptWouldCut_IsRefused()
    {
        var hash = PasswordHash.Create(new string('a', 72), cost: 4);

        PasswordHash.Verify(hash, new string('a', 72), cost: 4).ShouldBeTrue();
        PasswordHash.Verify(hash, new string('a', 73), cost: 4).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("$2b$12$short")]
    [InlineData("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n")]
    public void IsKnown_OtherForms_AreNot(string hash) => PasswordHash.IsKnown(hash).ShouldBeFalse();

    [Fact]
    public async Task Threads_BeyondTheirQueue_Refuse()
    {
        using var threads = new PasswordThreads(new PasswordOptions(Cost: 8));

        var taken = Enumerable.Range(0, 500).Select(_ => threads.TryHash("password")).ToList();

        taken.Count(task => task is null).ShouldBeGreaterThan(300);
        (await Task.WhenAll(taken.OfType<Task<string>>())).Length.ShouldBeGreaterThanOrEqualTo(50);
    }

    [Theory]
    [InlineData("ann@example.com", "ann@example.com")]
    [InlineData("Ann.B+tag@Example.COM", "ann.b+tag@example.com")]
    [InlineData("ann", null)]
    [InlineData("@example.com", null)]
    [InlineData("ann@", null)]
    [InlineData("a b@example.com", null)]
    [InlineData("ann@example.com\r\nBcc: eve@example.com", null)]
    [InlineData("änn@example.com", null)]
    [InlineData("ann@ex..com", null)]
    public void Normalise_Address_GivesOneSpellingOrNone(string text, string? email) => EmailAddress.Normalise(text).ShouldBe(email);
}
