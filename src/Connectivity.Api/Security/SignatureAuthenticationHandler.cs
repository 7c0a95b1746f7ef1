using System.Text.Encodings.Web;
using Connectivity.Access.Keys;
using Connectivity.Aws;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Connectivity.Api.Security;

/// <summary>Requests that an access key signed. Those that fail count against their source address.</summary>
public sealed class SignatureAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    UrlEncoder encoder,
    RequestSignatures signatures,
    FailureThrottle failures,
    AccessMetrics metrics)
    : SurfaceAuthenticationHandler(options, encoder)
{
    protected override async ValueTask<(Principal? Principal, AwsError? Refusal)> IdentifyAsync()
    {
        var verified = await signatures.VerifyAsync(Context);
        if (verified.Error is not { } error) return (verified.Key!.Principal, null);
        metrics.Refused(error.Code);
        return (null, error.Status < 500 && !failures.TryFail(Context.SourceAddress()) ? AwsError.Throttling() : error);
    }
}
