using System.Globalization;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;
using Connectivity.Aws;
using Connectivity.Aws.Policies;
using Connectivity.Domain;

namespace Connectivity.Api.Security;

/// <summary>
/// The verified sender of a request, and what it is allowed to do. Handlers have it as a parameter, and must ask it
/// before they answer.
/// </summary>
public sealed class Caller
{
    /// <summary>The resource of an operation that has no resource of its own.</summary>
    public const string AnyResource = "*";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private readonly Principal _principal;
    private readonly RequestContext _context;
    private readonly string? _action;

    /// <param name="action">The action of the endpoint; null if it needs no permission.</param>
    public Caller(
        Principal principal,
        Account account,
        string? action,
        HttpContext http,
        DateTimeOffset now)
    {
        (_principal, Account, _action) = (principal, account, action);
        // The condition keys that AWS has for every request, as far as the host knows them. Source: IAM user guide,
        // "AWS global condition context keys".
        _context = ContextOf(principal.AccountId, principal.UserName, principal.Arn)
            .Set("aws:SourceIp", http.SourceAddress()?.ToString())
            .Set("aws:SecureTransport", http.Request.IsHttps ? "true" : "false")
            .Set("aws:CurrentTime", now.ToString(TimeFormat, CultureInfo.InvariantCulture))
            .Set("aws:EpochTime", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .Set("aws:UserAgent", http.Request.Headers.UserAgent.ToString())
            .Set("aws:Referer", http.Request.Headers.Referer is { Count: > 0 } referer ? referer.ToString() : null)
            .Set("aws:RequestedRegion", account.Region)
            // AWS has these two of temporary credentials only.
            .Set("aws:TokenIssueTime", principal.TokenIssuedAt?.ToString(TimeFormat, CultureInfo.InvariantCulture))
            .Set("aws:MultiFactorAuthPresent", principal.TokenIssuedAt is null ? null : "false");
    }

    /// <summary>The condition keys of every request of a user.</summary>
    internal static RequestContext ContextOf(string accountId, string userName, string arn) => new RequestContext()
        .Set(UserConditionKeys.IncludeSocketInformation, "false")
        .Set("aws:PrincipalArn", arn)
        .Set("aws:PrincipalAccount", accountId)
        .Set("aws:PrincipalType", "User")
        .Set("aws:PrincipalIsAWSService", "false")
        .Set("aws:ViaAWSService", "false")
        .Set("aws:userid", userName)
        .Set("aws:username", userName)
        .Set("aws:ResourceAccount", accountId);

    /// <summary>The account that the request concerns: that of the caller's key, in the region of the host.</summary>
    public Account Account { get; }

    /// <summary>Whether anything was asked of it. Until then the response takes only errors.</summary>
    public bool WasAsked { get; private set; }

    public string ThingArn(string thingName) => Arn.Thing(Account.Region, Account.Id, thingName);

    /// <summary>Throws unless the caller is allowed the endpoint's action.</summary>
    /// <param name="resource">An ARN, or <see cref="AnyResource"/>.</param>
    /// <param name="includeSocketInformation">
    /// The request includes socket information, which policies can deny separately.
    /// </param>
    /// <exception cref="AccessDeniedException">
    /// The action is denied; the message contains the caller, the action and the cause.
    /// </exception>
    public void Require(string resource, bool includeSocketInformation = false)
    {
        if (Denial(_action!, resource, includeSocketInformation) is { } denial)
            throw new AccessDeniedException(denial.Message);
    }

    /// <summary>
    /// Throws unless a policy of the caller allows the action on some resource, under some condition: for requests
    /// whose resources are known only after their bodies are read.
    /// </summary>
    /// <exception cref="AccessDeniedException">No policy has such a statement.</exception>
    public void RequireSomewhere(string action)
    {
        WasAsked = true;
        if (!PolicyEvaluation.AllowsSomewhere(_principal.Policies, action)
            && Denial(action, AnyResource, includeSocketInformation: false) is { } denial)
            throw new AccessDeniedException(denial.Message);
    }

    /// <summary>Whether the caller is allowed this action.</summary>
    public bool May(string action, string resource) =>
        Denial(action, resource, includeSocketInformation: false) is null;

    /// <summary>Whether the caller is allowed the endpoint's action on the resource.</summary>
    public bool May(string resource, bool includeSocketInformation = false) =>
        Denial(_action!, resource, includeSocketInformation) is null;

    /// <summary>As <see cref="RequireSomewhere(string)"/>, of the endpoint's action.</summary>
    public void RequireSomewhere() => RequireSomewhere(_action!);

    /// <summary>Whether a policy allows the endpoint's action on some resource, under some condition.</summary>
    public bool MaySomewhere() => PolicyEvaluation.AllowsSomewhere(_principal.Policies, _action!);

    /// <summary>The same sender at a later time, for an answer that takes long.</summary>
    public Caller Again(Principal principal, HttpContext http, DateTimeOffset now) =>
        new(principal, Account, _action, http, now) { WasAsked = WasAsked };

    /// <summary>The caller of the request; <see cref="RequestAdmission"/> sets it before the handler runs.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) =>
        ValueTask.FromResult(context.Features.Get<Caller>());

    private AwsError? Denial(string action, string resource, bool includeSocketInformation)
    {
        WasAsked = true;
        _context.Set(UserConditionKeys.IncludeSocketInformation, includeSocketInformation ? "true" : "false");
        var request = new AccessRequest(action, resource, _context);
        return AccessDenial.Of(PolicyEvaluation.Decide(_principal.Policies, request), _principal.Arn, request);
    }
}
