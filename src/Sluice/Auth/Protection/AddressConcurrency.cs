using System.Collections.Concurrent;
using Sluice.Limits;
using Sluice.Protocol.Canonical;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Auth.Protection;

/// <summary>Bounds the requests that one address may have open at the same time, over all paths.</summary>
internal static class AddressConcurrency
{
    private static readonly GatewayError TooMany = new(
        ErrorKind.RateLimited, "address_concurrency_exceeded", "Too many requests from this address are open at the same time. Wait for one to end.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>Refuses what is over <c>server.max_concurrent_per_ip</c>; place it behind <see cref="ClientAddress.UseClientAddress"/>.</summary>
    /// <param name="app">The service.</param>
    /// <param name="refuse">Answers the refusal in the form of the path.</param>
    public static IApplicationBuilder UseAddressConcurrency(this IApplicationBuilder app, Func<HttpContext, GatewayError, Task> refuse)
    {
        var configuration = app.ApplicationServices.GetRequiredService<IConfigurationSource>();
        var open = new ConcurrentDictionary<AddressSubject, int>();
        return app.Use(next => context =>
        {
            var most = configuration.Current.Config.Server.MaxConcurrentPerIp;
            return most == 0 || context.Connection.RemoteIpAddress is not { } address
                ? next(context)
                : CountedAsync(next, context, AddressSubject.Of(address), most);
        });

        async Task CountedAsync(RequestDelegate next, HttpContext context, AddressSubject address, int most)
        {
            var count = open.AddOrUpdate(address, static _ => 1, static (_, old) => old + 1);
            try
            {
                await (count > most ? refuse(context, TooMany) : next(context));
            }
            finally
            {
                if (open.AddOrUpdate(address, static _ => 0, static (_, old) => old - 1) == 0)
                {
                    // Only where it is still 0: the next request may have raised it.
                    open.TryRemove(KeyValuePair.Create(address, 0));
                }
            }
        }
    }
}
