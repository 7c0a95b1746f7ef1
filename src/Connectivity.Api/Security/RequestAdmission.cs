using Connectivity.Access.Keys;
using Connectivity.Access.Limits;
using Connectivity.Api.Http;
using Connectivity.Aws;
using Connectivity.Domain;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace Connectivity.Api.Security;

/// <summary>
/// Runs before every endpoint that is not <see cref="OpenToAnyone"/>: authenticates by signature, or by the scheme to
/// which that one forwards, refuses a request without a verified sender, throttles, and provides the
/// <see cref="Caller"/>, which the handler asks for permission. Only verified requests count against an account's
/// limit. An answer of a handler that did not ask becomes an error.
/// </summary>
public sealed class RequestAdmission(
    RequestDelegate next,
    SecurityOptions options,
    Account account,
    AccountThrottle throttle,
    AccessMetrics metrics,
    TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<OpenToAnyone>() is not null)
        {
            await next(context);
            return;
        }

        // ASP.NET Core's service would do the same, and more: it transforms claims, which no scheme here needs. This is
        // on every request's path.
        var handlers = context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var handler = await handlers.GetHandlerAsync(context, AccessKey.Scheme);
        var (caller, refusal) = (default(Caller), default(AwsError));
        if ((await handler!.AuthenticateAsync()).Principal is Principal principal)
        {
            context.User = principal;
            try
            {
                (caller, refusal) = await AdmitAsync(context, metadata, principal);
            }
            catch (Exception exception) when (RequestError.Of(exception, context) is { } error)
            {
                refusal = error.ToAwsError();
            }
        }
        else if (!OpenEndpoints.AreOpenTo(context))
        {
            await handler.ChallengeAsync(properties: null);
            return;
        }
        else if (CrossOriginGuard.Validate(context.Request, options) is { } crossOrigin)
        {
            refusal = AwsError.AccessDenied(crossOrigin);
        }

        if (refusal is not null) await Surface.Of(context).Error(refusal).ExecuteAsync(context);
        else if (caller is null) await next(context);
        else await AnswerAsync(context, caller);
    }

    private async ValueTask<(Caller?, AwsError?)> AdmitAsync(
        HttpContext context, EndpointMetadataCollection metadata, Principal principal)
    {
        var operation = metadata.GetMetadata<Operation>();
        if (operation is not null
            && !await throttle.TryAdmitAsync(principal.AccountId, operation.Group, context.RequestAborted))
        {
            metrics.Refused(AwsError.Throttling().Code);
            return (null, AwsError.Throttling());
        }

        var openToLoopback = metadata.GetMetadata<OpenToLoopback>();
        var caller = new Caller(
            principal,
            principal.AccountId == account.Id ? account : account with { Id = principal.AccountId },
            operation?.Action ?? openToLoopback?.Action,
            context,
            clock.GetUtcNow());
        // Its handler is a library's, which does not ask.
        if (openToLoopback is not null) caller.Require(Caller.AnyResource);
        context.Features.Set(caller);
        return (caller, null);
    }

    private async Task AnswerAsync(HttpContext context, Caller caller)
    {
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var response = new GuardedResponse(body, context.Response, caller);
        context.Features.Set<IHttpResponseBodyFeature>(response);
        try
        {
            await next(context);
            response.Check();
        }
        catch (PermissionNotAskedException exception) when (RequestError.Of(exception, context) is { } error)
        {
            context.Features.Set(body);
            context.Response.Clear();
            await Surface.Of(context).Error(error.ToAwsError()).ExecuteAsync(context);
        }
        finally
        {
            context.Features.Set(body);
        }
    }
}
