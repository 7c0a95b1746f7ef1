using System.Globalization;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;
using Connectivity.Aws;
using Connectivity.Aws.Policies;
using Connectivity.Domain;

namespace Connectivity.Api.Security;

/// <summary>Who sent a request, as far as that was verified, and what it may do. A handler has it as a parameter.</summary>
public sealed class Caller
{
    /// <summary>The resource of an operation that concerns none.</summary>
    public const string AnyResource = "*";

    internal const string SocketInformationKey = "iot:IncludeSocketInformation";

    private readonly Principal _principal;
    private readonly RequestContext _context;
    private readonly string? _action;

    /// <param name="action">What the endpoint does; null where it does nothing that needs to be allowed.</param>
    public Caller(Principal principal, Account account, string? action, HttpContext http, DateTimeOffset now, DateTimeOffset? tokenIssuedAt)
    {
        (_principal, Account, _action) = (principal, account, action);
        // The keys that AWS has for every request, as far as a host knows them. Source: IAM user guide, "AWS global condition context keys".
        _context = new RequestContext()
            .Set(SocketInformationKey, "false")
            .Set("aws:SourceIp", http.SourceAddress()?.ToString())
            .Set("aws:SecureTransport", http.Request.IsHttps ? "true" : "false")
            .Set("aws:CurrentTime", now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .Set("aws:EpochTime", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .Set("aws:UserAgent", http.Request.Headers.UserAgent.ToString())
            .Set("aws:PrincipalArn", principal.Arn)
            .Set("aws:PrincipalAccount", principal.AccountId)
            .Set("aws:PrincipalType", "User")
            .Set("aws:userid", principal.UserName)
            .Set("aws:username", principal.UserName)
            .Set("aws:RequestedRegion", account.Region)
            .Set("aws:TokenIssueTime", tokenIssuedAt?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>What the request is about: the account of the caller's key, in the region of the host.</summary>
    public Account Account { get; }

    public string ThingArn(string thingName) => Arn.Thing(Account.Region, Account.Id, thingName);

    /// <summary>Goes on only where the caller may do what the endpoint does.</summary>
    /// <param name="resource">An ARN, or <see cref="AnyResource"/>.</param>
    /// <param name="includeSocketInformation">The request asks for socket information: the policy may be another then.</param>
    /// <exception cref="AccessDeniedException">It may not; says who, what and why.</exception>
    public void Require(string resource, bool includeSocketInformation = false)
    {
        if (Denial(_action!, resource, includeSocketInformation) is { } denial) throw new AccessDeniedException(denial.Message);
    }

    /// <summary>Whether the caller may do this.</summary>
    public bool May(string action, string resource) => Denial(action, resource, includeSocketInformation: false) is null;

    /// <summary>The caller of the request; nobody gets to a handler without one.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());

    private AwsError? Denial(string action, string resource, bool includeSocketInformation)
    {
        _context.Set(SocketInformationKey, includeSocketInformation ? "true" : "false");
        var request = new AccessRequest(action, resource, _context);
        return AccessDenial.Of(PolicyEvaluation.Decide(_principal.Policies, request), _principal.Arn, request);
    }
}
