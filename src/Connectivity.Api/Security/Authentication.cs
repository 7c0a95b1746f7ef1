using System.Net;
using Connectivity.Access.Keys;
using Connectivity.Access.Limits;
using Connectivity.Api.Http;
using Connectivity.Aws;
using Connectivity.Domain;

namespace Connectivity.Api.Security;

/// <summary>
/// Runs before every endpoint of a surface: verifies, then throttles, and provides the <see cref="Caller"/>, which the
/// handler uses to authorize its action. Only verified requests count against an account's limit.
/// </summary>
public sealed class Authentication(
    RequestDelegate next,
    SecurityOptions options,
    Account account,
    RequestSignatures signatures,
    AccountThrottle throttle,
    FailureThrottle failures,
    AccessMetrics metrics,
    TimeProvider clock)
{
    /// <summary>The principal of every request while authentication is off.</summary>
    private readonly Principal _anonymous = new(account.Id, "anonymous", FirstAdministrator.Policies);

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<Surface>() is not { } surface)
        {
            await next(context);
            return;
        }

        AwsError? refusal;
        try
        {
            refusal = await RefusalAsync(context, metadata);
        }
        catch (Exception exception) when (RequestError.Of(exception, context) is { } error)
        {
            refusal = error.ToAwsError();
        }

        if (refusal is null) await next(context);
        else await surface.Error(refusal).ExecuteAsync(context);
    }

    private async ValueTask<AwsError?> RefusalAsync(HttpContext context, EndpointMetadataCollection metadata)
    {
        var openToLoopback = metadata.GetMetadata<OpenToLoopback>();
        if (options.AllowAnonymous || (openToLoopback is not null && IsUnsignedFromLoopback(context)))
        {
            if (CrossOriginGuard.Validate(context.Request, options) is { } crossOrigin)
                return AwsError.AccessDenied(crossOrigin);
            if (!options.AllowAnonymous) return null;
            return await AdmitAsync(context, metadata.GetMetadata<Operation>(), _anonymous, tokenIssuedAt: null);
        }

        var verified = await signatures.VerifyAsync(context);
        if (verified.Error is { } error)
        {
            metrics.Refused(error.Code);
            return error.Status < 500 && !failures.TryFail(context.SourceAddress()) ? AwsError.Throttling() : error;
        }

        var key = verified.Key!;
        var refusal = await AdmitAsync(
            context, metadata.GetMetadata<Operation>(), key.Principal, key.TokenIssuedAt, openToLoopback?.Action);
        if (refusal is null && openToLoopback is not null)
            context.Features.Get<Caller>()!.Require(Caller.AnyResource);
        return refusal;
    }

    private async ValueTask<AwsError?> AdmitAsync(
        HttpContext context,
        Operation? operation,
        Principal principal,
        DateTimeOffset? tokenIssuedAt,
        string? action = null)
    {
        if (operation is not null
            && !await throttle.TryAdmitAsync(principal.AccountId, operation.Group, context.RequestAborted))
        {
            metrics.Refused(AwsError.Throttling().Code);
            return AwsError.Throttling();
        }

        context.Features.Set(new Caller(
            principal,
            account with { Id = principal.AccountId },
            operation?.Action ?? action,
            context,
            clock.GetUtcNow(),
            tokenIssuedAt));
        return null;
    }

    /// <summary>A proxy on this machine forwards requests of others, and adds one of these headers.</summary>
    private static bool IsUnsignedFromLoopback(HttpContext context)
    {
        var headers = context.Request.Headers;
        return context.SourceAddress() is { } address && IPAddress.IsLoopback(address)
            && headers.Authorization.Count == 0
            && !headers.ContainsKey("X-Forwarded-For")
            && !headers.ContainsKey("Forwarded");
    }
}
