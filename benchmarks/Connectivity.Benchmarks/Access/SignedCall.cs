using System.Net;
using System.Text;
using Connectivity.Access.Keys;
using Connectivity.Access.Limits;
using Connectivity.Api.AwsSurface;
using Connectivity.Api.Hosting;
using Connectivity.Api.Security;
using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Benchmarks.Access;

public enum AwsClient
{
    /// <summary>Names its body's hash, and signs six headers.</summary>
    JavaScriptSdk,

    /// <summary>Names no hash, and signs three headers of eight.</summary>
    Cli,
}

/// <summary>A signed GetThingConnectivityData request of an AWS client; it can be sent repeatedly.</summary>
public sealed class SignedCall
{
    public const string ThingName = "myThing";

    private const string Target = $"/things/{ThingName}/connectivity-data";

    private readonly DefaultHttpContext _context = new();
    private readonly MemoryStream _bodyStream;
    private IServiceScope? _scope;

    public SignedCall(AwsClient client, ConnectivityOptions options, NewAccessKey key, string service = "iot")
    {
        var forJavaScript = client == AwsClient.JavaScriptSdk;
        Body = Encoding.UTF8.GetBytes(
            forJavaScript ? """{"includeSocketInformation":true}""" : """{"includeSocketInformation": true}""");
        _bodyStream = new MemoryStream(Body);
        Head = new RequestHead("POST", Target);
        Head.Add("content-type", "application/json");
        if (forJavaScript)
        {
            Head.Add("content-length", Body.Length.ToString());
            Head.Add("x-amz-user-agent", "aws-sdk-js/3.1168.0");
        }

        Head.Add("host", "127.0.0.1:8080");
        SignedAt = DateTimeOffset.UtcNow;
        var signer = new RequestSigner(key.AccessKeyId, key.Secret, options.Region, service);
        signer.Sign(Head, SignedAt, Body, forJavaScript ? PayloadSigning.Named : PayloadSigning.NotNamed);
        AddUnsigned(forJavaScript);

        var request = _context.Features.GetRequiredFeature<IHttpRequestFeature>();
        (request.Method, request.Scheme, request.Path, request.RawTarget) = (Head.Method, "http", Target, Target);
        foreach (var (name, value) in Head.Headers) request.Headers.Append(name, value);
        _context.Connection.RemoteIpAddress = IPAddress.Loopback;
        var metadata = new EndpointMetadataCollection(
            AwsErrors.Surface, new Operation("iot:GetThingConnectivityData", OperationGroup.GetThingConnectivityData));
        _context.SetEndpoint(new Endpoint(null, metadata, Target));
    }

    public RequestHead Head { get; }

    public byte[] Body { get; }

    public DateTimeOffset SignedAt { get; }

    /// <summary>
    /// The request as received from the network. It is the same object each time, because servers reuse theirs.
    /// </summary>
    /// <param name="services">The host's: each request has a scope of them, as a server gives it.</param>
    public HttpContext ToContext(IServiceProvider? services = null)
    {
        _bodyStream.Position = 0;
        _context.Request.Body = _bodyStream;
        _context.Features.Set<Caller>(null);
        _context.Features.Set<IHttpAuthenticationFeature>(null);
        _context.Features.Set<IAuthenticateResultFeature>(null);
        _scope?.Dispose();
        _scope = services?.CreateScope();
        if (_scope is not null) _context.RequestServices = _scope.ServiceProvider;
        _context.Response.StatusCode = StatusCodes.Status200OK;
        _context.Response.Headers.Clear();
        return _context;
    }

    private void AddUnsigned(bool forJavaScript)
    {
        if (forJavaScript)
        {
            Head.Add(
                "user-agent",
                "aws-sdk-js/3.1168.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#20.20.2 api/iot#3.1168.0 m/N,E,e");
            return;
        }

        Head.Add("accept-encoding", "identity");
        Head.Add(
            "user-agent",
            "aws-cli/1.46.2 md/Botocore#1.43.62 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.12.3 "
            + "cfg/retry-mode#legacy botocore/1.43.62");
        Head.Add("amz-sdk-invocation-id", "0677ba50-5f0c-4a3c-9c5e-2f6a7c1b9d11");
        Head.Add("amz-sdk-request", "attempt=1");
        Head.Add("content-length", Body.Length.ToString());
    }
}
