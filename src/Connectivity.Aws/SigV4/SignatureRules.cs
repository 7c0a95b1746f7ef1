namespace Connectivity.Aws.SigV4;

/// <summary>What a server accepts: the second stage, which needs no secret either. The messages are AWS's.</summary>
/// <param name="region">The only one accepted.</param>
/// <param name="services">
/// At least one; the error for any other names the first. AWS's own clients signed AWS IoT's control plane as
/// <c>execute-api</c> until 2023, and as <c>iot</c> since. Source: botocore's history.
/// </param>
/// <param name="clockWindow">
/// How far a signer's clock may differ from ours, in both directions; null for the 5 minutes of AWS.
/// </param>
public sealed class SignatureRules(string region, IReadOnlyList<string> services, TimeSpan? clockWindow = null)
{
    private readonly TimeSpan _window = clockWindow ?? TimeSpan.FromMinutes(5);

    /// <param name="unsignedPayloadAllowed">True only where another mechanism protects the body, such as TLS.</param>
    /// <returns>Null where the claims are within the rules, else InvalidSignature.</returns>
    public AwsError? Check(SignatureClaims claims, DateTimeOffset now, bool unsignedPayloadAllowed) =>
        CheckScope(claims) ?? CheckTime(claims, WholeSeconds(now)) ?? CheckPayload(claims, unsignedPayloadAllowed);

    private AwsError? CheckScope(SignatureClaims claims)
    {
        var scope = claims.Scope;
        if (scope.Region != region || !IsAccepted(scope.Service))
        {
            var wrongRegion = scope.Region == region ? "" : "Credential should be scoped to a valid region. ";
            var wrongService = IsAccepted(scope.Service)
                ? ""
                : $"Credential should be scoped to correct service: '{services[0]}'.";
            return AwsError.InvalidSignature((wrongRegion + wrongService).TrimEnd());
        }

        var time = SigningTime.Print(claims.SignedAt);
        if (time.AsSpan(0, 8).SequenceEqual(scope.Date)) return null;
        return AwsError.InvalidSignature(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            + $"'{scope.Date}' != '{time[..8]}', from '{time}'.");
    }

    private AwsError? CheckTime(SignatureClaims claims, DateTimeOffset now)
    {
        var lifetime = claims.Expires ?? _window;
        if (claims.SignedAt < now - lifetime)
        {
            return AwsError.InvalidSignature(
                $"Signature expired: {SigningTime.Print(claims.SignedAt)} is now earlier than "
                + $"{SigningTime.Print(now - lifetime)} ({SigningTime.Print(now)} - {Print(lifetime)}.)");
        }

        if (claims.SignedAt <= now + _window) return null;
        return AwsError.InvalidSignature(
            $"Signature not yet current: {SigningTime.Print(claims.SignedAt)} is still later than "
            + $"{SigningTime.Print(now + _window)} ({SigningTime.Print(now)} + {Print(_window)}.)");
    }

    private static AwsError? CheckPayload(SignatureClaims claims, bool unsignedPayloadAllowed) =>
        claims.LeavesPayloadUnsigned && !unsignedPayloadAllowed
            ? AwsError.InvalidSignature(
                $"The payload must be signed: {PayloadClaim.Header} must not be {PayloadClaim.Unsigned} here.")
            : null;

    private bool IsAccepted(string service)
    {
        foreach (var accepted in services)
        {
            if (accepted == service) return true;
        }

        return false;
    }

    /// <summary>Signing times are whole seconds, and a message must not call a time earlier than itself.</summary>
    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static string Print(TimeSpan time) =>
        time.Seconds == 0 ? $"{(int)time.TotalMinutes} min" : $"{(int)time.TotalSeconds} sec";
}
