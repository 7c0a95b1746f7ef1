using System.Text.Json.Nodes;
using Connectivity.Api.Http;
using Connectivity.Api.Ingest;
using Connectivity.Api.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Connectivity.Api.Hosting;

/// <summary>The parts of the OpenAPI document of <c>/v1</c> that routes and handlers do not declare.</summary>
public static class ApiDescription
{
    private const string ExampleEvent =
        """
        {"clientId":"lamp-1","eventType":"disconnected","timestamp":1764072000000,"sessionIdentifier":"a1","versionNumber":1,"disconnectReason":"CONNECTION_LOST"}
        """;

    public static void AddApiDescription(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => AnswerJson.Apply(json.SerializerOptions));
        // The generator of descriptions from comments recognizes this call only with a lambda.
        services.AddOpenApi(options => Describe(options));
    }

    private static void Describe(OpenApiOptions options)
    {
        options.CreateSchemaReferenceId = type =>
            SchemaName(type.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSignatureScheme().AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Connectivity",
                Version = "v1",
                Description = "Stores the lifecycle events of devices, and answers whether a device is connected, "
                    + "now and in the past, and why not. Errors are problem details (RFC 9457). "
                    + "The AWS surface follows the AWS IoT API reference.",
            };
            return Task.CompletedTask;
        });
    }

    /// <summary>Describes the request body, which the handler reads itself.</summary>
    public static RouteHandlerBuilder AcceptsLifecycleEvents(this RouteHandlerBuilder endpoint) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "One event, an array of events, or one event on each line. clientId, eventType, "
                    + "timestamp (milliseconds since 1970), sessionIdentifier and versionNumber are required. A "
                    + "disconnect should have connectedAt (milliseconds since 1970): when its connection began.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [PostLifecycleEvents.Json] = new() { Example = JsonNode.Parse(ExampleEvent) },
                    [PostLifecycleEvents.JsonLines] = new() { Example = JsonValue.Create(ExampleEvent) },
                },
            };
            return Task.CompletedTask;
        });

    /// <summary>Nested types are named after their operation, since several declare a <c>Response</c>.</summary>
    private static string? SchemaName(Type type) =>
        type.DeclaringType is { } operation ? operation.Name + type.Name : null;
}
