using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Connectivity.Aws.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>
/// The signer of the AWS SDK for .NET, with the input that the SDK's marshallers produce. Returns the request as the
/// SDK sends it: the SDK composes the URL too, and no code of this project takes part in the canonical request.
/// </summary>
internal static class SdkSigner
{
    private static readonly Config SdkConfig = new()
    {
        ServiceURL = "http://127.0.0.1:8080",
        AuthenticationRegion = Keys.Region,
        AuthenticationServiceName = "iot",
    };

    /// <summary>Signs in the header, at the current time: the SDK reads the clock itself.</summary>
    public static RequestHead Sign(SdkRequest call)
    {
        var request = Marshal(call);
        if (call.SessionToken is not null) request.Headers["X-Amz-Security-Token"] = call.SessionToken;
        var result = new AWS4Signer().SignRequest(request, SdkConfig, null, Keys.Id, Keys.Secret);
        request.Headers["Authorization"] = result.ForAuthorizationHeader;
        return OnTheWire(call, request, AmazonServiceClient.ComposeUrl(request).PathAndQuery);
    }

    /// <summary>Signs in the query. This SDK presigns empty bodies only.</summary>
    public static RequestHead Presign(SdkRequest call, int expires)
    {
        var request = Marshal(call);
        request.ParameterCollection.Add("X-Amz-Expires", expires.ToString(CultureInfo.InvariantCulture));
        if (call.SessionToken is not null) request.ParameterCollection.Add("X-Amz-Security-Token", call.SessionToken);
        var result =
            AWS4PreSignedUrlSigner.SignRequest(request, SdkConfig, null, Keys.Id, Keys.Secret, "iot", Keys.Region);
        var target = AmazonServiceClient.ComposeUrl(request).PathAndQuery;
        return OnTheWire(call, request, $"{target}&{result.ForQueryParameters}");
    }

    private static DefaultRequest Marshal(SdkRequest call)
    {
        var request = new DefaultRequest(new Operation(), "iot")
        {
            Endpoint = new Uri(SdkConfig.ServiceURL),
            HttpMethod = call.Method,
            UseQueryString = true,
            Content = call.Body,
        };
        for (var i = 0; i < call.Path.Length; i++) request.AddPathResource($"{{{i}}}", call.Path[i]);
        request.ResourcePath = string.Concat(call.Path.Select((_, i) => $"/{{{i}}}"));
        foreach (var parameter in call.Query.GroupBy(parameter => parameter.Name))
        {
            if (parameter.Count() == 1) request.ParameterCollection.Add(parameter.Key, parameter.Single().Value);
            else request.ParameterCollection.Add(parameter.Key, parameter.Select(one => one.Value).ToList());
        }

        // The SDK's headers are a dictionary: a repeated header is signed in the joined form, and OnTheWire splits it.
        foreach (var (name, values) in call.Headers)
            request.Headers[name] = string.Join(',', values.Select(value => value.Trim(' ')));
        return request;
    }

    private static RequestHead OnTheWire(SdkRequest call, DefaultRequest request, string target)
    {
        var head = new RequestHead(call.Method, call.ReorderQuery(target));
        foreach (var (name, value) in request.Headers)
        {
            if (call.Headers.TryGetValue(name, out var values))
            {
                foreach (var one in values) head.Add(name.ToUpperInvariant(), one);
            }
            else
            {
                head.Add(name, value);
            }
        }

        return head;
    }

    private sealed class Operation : AmazonWebServiceRequest;

    private sealed class Config() : ClientConfig(new NoDefaults())
    {
        public override string RegionEndpointServiceName => "iot";

        public override string ServiceVersion => "2015-05-28";

        public override string UserAgent => "none";

        public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
            new(ServiceURL);
    }

    private sealed class NoDefaults : IDefaultConfigurationProvider
    {
        public IDefaultConfiguration GetDefaultConfiguration(
            Amazon.RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode = null) =>
            new DefaultConfiguration();
    }
}
