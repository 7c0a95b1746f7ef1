using System.Text.Encodings.Web;
using Connectivity.Access.Keys;
using Connectivity.Aws;
using Connectivity.Domain;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Connectivity.Api.Security;

/// <summary>
/// Every request while <see cref="SecurityOptions.AllowAnonymous"/> is set, those of web pages of others excepted.
/// </summary>
public sealed class AnonymousAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    UrlEncoder encoder,
    SecurityOptions security,
    AnonymousAuthenticationHandler.AnonymousPrincipal anonymous)
    : SurfaceAuthenticationHandler(options, encoder)
{
    public const string SchemeName = "anonymous";

    protected override ValueTask<(Principal? Principal, AwsError? Refusal)> IdentifyAsync() =>
        ValueTask.FromResult<(Principal?, AwsError?)>(CrossOriginGuard.Validate(Request, security) is { } crossOrigin
            ? (null, AwsError.AccessDenied(crossOrigin))
            : (anonymous.Principal, null));

    /// <summary>The sender of all these requests, who may do everything in the host's account.</summary>
    public sealed class AnonymousPrincipal(Account account)
    {
        public Principal Principal { get; } =
            new(account.Id, "anonymous", FirstAdministrator.Policies, SchemeName);
    }
}
