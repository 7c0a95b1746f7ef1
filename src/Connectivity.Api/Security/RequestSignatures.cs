using System.Security.Cryptography;
using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Aws;
using Connectivity.Aws.SigV4;
using Connectivity.Domain;
using Microsoft.AspNetCore.Http.Features;

namespace Connectivity.Api.Security;

/// <summary>What became of a request's signature: the key it was made with, or why it is refused.</summary>
public readonly record struct VerifiedSignature(AccessKey? Key, AwsError? Error);

/// <summary>
/// Verifies the signatures of requests, cheapest first: what is malformed, out of its time or of an unknown key is refused before the body is
/// read, and so is a wrong signature that names its body's hash. Nothing of it asks the database.
/// </summary>
public sealed class RequestSignatures(AccessDirectory directory, SecurityOptions options, Account account, TimeProvider clock)
{
    /// <summary>What AWS's clients sign AWS IoT for, now and before 2023.</summary>
    private static readonly string[] Services = ["iot", "execute-api"];

    private readonly SignatureRules _rules = new(account.Region, Services, options.SignatureWindow);

    /// <summary>Afterwards the body can be read again, by the handler.</summary>
    public async ValueTask<VerifiedSignature> VerifyAsync(HttpContext context)
    {
        if (!SignatureClaims.TryRead(Head(context), out var claims, out var unreadable)) return Refused(unreadable);
        var now = clock.GetUtcNow();
        if (_rules.Check(claims, now, unsignedPayloadAllowed: context.Request.IsHttps) is { } outOfRules) return Refused(outOfRules);
        if (directory.Find(claims.AccessKeyId) is not { } key) return Refused(AwsError.UnrecognizedClient());
        if (key.Validate(claims, now) is { } doesNotFit) return Refused(doesNotFit);
        if (!key.IsUsable)
            return Refused(AwsError.InternalFailure(
                "The secret of this access key can't be decrypted: the host's key ring is not the one it was encrypted with. "
                + "Create another key with the host's command `keys create`."));

        var signingKey = key.SigningKey(claims.Scope);
        if (claims.NamesPayload && SignatureVerification.VerifyBeforeBody(claims, signingKey) is { } mismatch) return Refused(mismatch);
        var hash = await HashBodyAsync(context);
        var wrong = claims.NamesPayload
            ? SignatureVerification.VerifyBody(claims, hash)
            : SignatureVerification.VerifyWithBody(claims, signingKey, hash);
        return wrong is null ? new VerifiedSignature(key, null) : Refused(wrong);
    }

    private static VerifiedSignature Refused(AwsError error) => new(null, error);

    private static RequestHead Head(HttpContext context)
    {
        var request = context.Request;
        var head = new RequestHead(request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        foreach (var (name, values) in request.Headers)
            foreach (var value in values)
                head.Add(name, value);
        return head;
    }

    /// <summary>Up to the surface's limit, which the server holds the body to while it is read.</summary>
    private static async ValueTask<byte[]> HashBodyAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return SHA256.HashData([]);
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.RegisterForDispose(body);
        body.Position = 0;
        context.Request.Body = body;
        return SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length));
    }
}
