using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Aws;
using Connectivity.Aws.SigV4;
using Connectivity.Domain;
using Microsoft.AspNetCore.Http.Features;

namespace Connectivity.Api.Security;

/// <summary>The result of a verification: the key that signed the request, or why it is refused.</summary>
public readonly record struct VerifiedSignature(AccessKey? Key, AwsError? Error);

/// <summary>
/// Verifies the signatures of requests, cheapest checks first: a malformed or expired signature or an unknown key is
/// refused before the body is read, and so is a wrong signature that names its body's hash. No check queries the
/// database.
/// </summary>
public sealed class RequestSignatures(
    AccessDirectory directory, RequestBodies bodies, SecurityOptions options, Account account, TimeProvider clock)
{
    /// <summary>The service names that AWS clients sign AWS IoT requests for: now, and before 2023.</summary>
    private static readonly string[] Services = ["iot", "execute-api"];

    private readonly SignatureRules _rules = new(account.Region, Services, options.SignatureWindow);

    /// <summary>The request then holds its <see cref="RequestBody"/>, if its signature is right.</summary>
    public async ValueTask<VerifiedSignature> VerifyAsync(HttpContext context)
    {
        if (!SignatureClaims.TryRead(Head(context), out var claims, out var malformed)) return Refused(malformed);
        var now = clock.GetUtcNow();
        if (_rules.Check(claims, now, unsignedPayloadAllowed: context.Request.IsHttps) is { } violation)
            return Refused(violation);
        if (directory.Find(claims.AccessKeyId) is not { } key) return Refused(AwsError.UnrecognizedClient());
        if (key.Validate(claims, now) is { } keyError) return Refused(keyError);
        if (!key.IsUsable)
            return Refused(AwsError.InternalFailure(
                "The secret of this access key can't be decrypted: "
                + "the host's key ring is not the one it was encrypted with. "
                + "Create another key with the host's command `keys create`."));

        var signingKey = key.SigningKey(claims.Scope);
        if (claims.NamesPayload && SignatureVerification.VerifyBeforeBody(claims, signingKey) is { } mismatch)
            return Refused(mismatch);
        var user = key.Principal.Arn;
        var body = await bodies.ReadAsync(context, claims.NamesPayload ? user : null);
        var error = claims.NamesPayload
            ? SignatureVerification.VerifyBody(claims, body.Hash)
            : SignatureVerification.VerifyWithBody(claims, signingKey, body.Hash);
        if (error is null)
        {
            if (!claims.NamesPayload) bodies.Verified(body, user);
            return new VerifiedSignature(key, null);
        }

        body.Dispose();
        return Refused(error);
    }

    private static VerifiedSignature Refused(AwsError error) => new(null, error);

    private static RequestHead Head(HttpContext context)
    {
        var request = context.Request;
        var head = new RequestHead(
            request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        foreach (var (name, values) in request.Headers)
            foreach (var value in values)
                head.Add(name, value);
        return head;
    }
}
