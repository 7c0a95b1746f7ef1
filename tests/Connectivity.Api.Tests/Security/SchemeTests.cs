using System.Collections.Concurrent;
using System.Security.Claims;
using Connectivity.Access.Keys;
using Connectivity.Api.Security;
using Connectivity.Api.Tests.Fixtures;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Security;

/// <summary>The authentication schemes of ASP.NET Core, and whom they identify.</summary>
public sealed class SchemeTests
{
    [Fact]
    public async Task Requests_are_authenticated_by_signature_unless_anonymous_callers_are_allowed()
    {
        foreach (var anonymous in (bool[])[false, true])
        {
            var users = new ConcurrentQueue<ClaimsPrincipal>();
            await using var host = await ApiHost.StartExtendedAsync(
                app => app.Use((context, next) =>
                {
                    users.Enqueue(context.User);
                    return next(context);
                }),
                $"--Connectivity:AllowAnonymous={anonymous}");

            (await host.GetAsync("/things")).Status.ShouldBe(200);
            (await host.GetAsync("/things")).Status.ShouldBe(200);

            var user = users.First().ShouldBeOfType<Principal>();
            (user.Identity!.IsAuthenticated, user.Identity.AuthenticationType, user.Identity.Name)
                .ShouldBe(anonymous ? (true, "anonymous", "anonymous") : (true, "sigv4", "administrator"));
            users.Last().ShouldBeSameAs(user, "it is made once");
        }
    }

    [Fact]
    public async Task Every_scheme_refuses_in_the_form_of_the_surface()
    {
        await using var host = await ApiHost.StartAsync();
        var schemes = host.Services.GetRequiredService<IAuthenticationSchemeProvider>();

        (await schemes.GetDefaultAuthenticateSchemeAsync()).ShouldBeNull("it would run before routing");
        var all = (await schemes.GetAllSchemesAsync()).ToList();
        all.Select(scheme => scheme.Name).ShouldBe(["sigv4", "anonymous"]);
        all.ShouldAllBe(scheme => scheme.HandlerType.IsSubclassOf(typeof(SurfaceAuthenticationHandler)));
    }

    [Fact]
    public async Task A_refusal_is_not_logged()
    {
        await using var host = await ApiHost.StartAsync();
        var lines = host.Log.Lines.Count;
        (await new RawRequest("GET", "/things").Unsigned().SendAsync(host)).Status.ShouldBe(403);
        host.Log.Lines.Skip(lines).ShouldNotContain(line => line.Category.Contains("Authentication"));
    }
}
