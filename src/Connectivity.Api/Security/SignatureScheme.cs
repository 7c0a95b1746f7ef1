using Connectivity.Access.Keys;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Connectivity.Api.Security;

/// <summary>
/// Declares in the OpenAPI document that requests are signed, in the form of Amazon API Gateway's exports.
/// </summary>
public static class SignatureScheme
{
    public static OpenApiOptions AddSignatureScheme(this OpenApiOptions options) =>
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.AddComponent(AccessKey.Scheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "Authorization",
                Description = "AWS Signature Version 4, for the service iot and the host's region.",
                Extensions = new Dictionary<string, IOpenApiExtension>
                {
                    ["x-amazon-apigateway-authtype"] = new JsonNodeExtension("awsSigv4"),
                },
            });
            var scheme = new OpenApiSecuritySchemeReference(AccessKey.Scheme, document);
            document.Security = [new OpenApiSecurityRequirement { [scheme] = [] }];
            return Task.CompletedTask;
        });
}
