using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>Requests to refuse, and assertions on the errors: code, status and message.</summary>
internal static class Refusal
{
    public const string Credential = "Credential=AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request";
    public const string Signature = "Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9";

    public static void Refused(AwsError? error, string code, string message)
    {
        error.ShouldNotBeNull();
        (error.Code, error.Status, error.Message).ShouldBe((code, 403, message));
    }

    public static void Incomplete(RequestHead request, string message)
    {
        SignatureClaims.TryRead(request, out var claims, out var error).ShouldBeFalse();
        claims.ShouldBeNull();
        Refused(error, "IncompleteSignatureException", message);
    }

    public static void Invalid(AwsError? error, string message) => Refused(error, "InvalidSignatureException", message);

    /// <param name="more">Further headers, one per line.</param>
    public static RequestHead Request(string authorization, string more = "X-Amz-Date:20261123T061240Z") =>
        Wire.Request($"POST /things/a\nHost:h\nAuthorization:{authorization}\n{more}");

    /// <inheritdoc cref="Request"/>
    public static RequestHead Signed(
        DateTimeOffset? time = null, string more = "", PayloadSigning payload = PayloadSigning.Named)
    {
        var request = Wire.Request($"POST /things/a\nHost:h\n{more}");
        Keys.Signer().Sign(request, time ?? Keys.Now, [], payload);
        return request;
    }
}
