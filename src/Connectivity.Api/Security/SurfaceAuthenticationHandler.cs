using System.Text.Encodings.Web;
using Connectivity.Access.Keys;
using Connectivity.Api.Http;
using Connectivity.Aws;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Connectivity.Api.Security;

/// <summary>
/// An authentication scheme of this host: it identifies the sender of a request, or refuses the request in the form of
/// its surface. Every scheme derives from it, so that no scheme has errors of its own form. Refusals are counted, not
/// logged.
/// </summary>
public abstract class SurfaceAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, encoder)
{
    /// <summary>Shared, because each has two dictionaries.</summary>
    private static readonly AuthenticationProperties NoProperties = new();

    /// <summary>The schemes have no events.</summary>
    protected override Task InitializeEventsAsync() => Task.CompletedTask;

    /// <summary>The sender, or why the request is refused.</summary>
    protected abstract ValueTask<(Principal? Principal, AwsError? Refusal)> IdentifyAsync();

    protected sealed override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (OpenEndpoints.AreOpenTo(Context)) return AuthenticateResult.NoResult();
        AwsError? refusal;
        try
        {
            (var principal, refusal) = await IdentifyAsync();
            if (principal is not null)
                return AuthenticateResult.Success(new AuthenticationTicket(principal, NoProperties, Scheme.Name));
        }
        catch (Exception exception) when (RequestError.Of(exception, Context) is { } error)
        {
            refusal = error.ToAwsError();
        }

        return AuthenticateResult.Fail(new RefusedException(refusal!));
    }

    protected sealed override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var refusal = (await HandleAuthenticateOnceAsync()).Failure is RefusedException refused
            ? refused.Refusal
            : AwsError.MissingAuthenticationToken();
        await Surface.Of(Context).Error(refusal).ExecuteAsync(Context);
    }

    /// <summary>Carries the refusal to the challenge; never thrown.</summary>
    private sealed class RefusedException(AwsError refusal) : AuthenticationFailureException(refusal.Message)
    {
        public AwsError Refusal => refusal;
    }
}
