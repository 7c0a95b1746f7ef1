using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>The OpenAPI document describes every operation in full.</summary>
public sealed class ApiDescriptionTests(IndexingHost indexing)
{
    [Fact]
    public async Task The_OpenAPI_document_has_a_title_a_version_and_tags()
    {
        var document = await DocumentAsync();

        document.GetProperty("info").Text("title").ShouldBe("Connectivity");
        document.GetProperty("info").Text("version").ShouldBe("v1");
        document.GetProperty("tags").EnumerateArray().Select(tag => tag.Text("name"))
            .ShouldBe(["Lifecycle events", "Things", "Fleet", "Changes"]);
    }

    [Fact]
    public async Task Every_operation_has_a_name_a_tag_a_summary_described_parameters_and_its_errors_as_problems()
    {
        foreach (var operation in await OperationsAsync())
        {
            operation.Text("operationId").ShouldNotBeNullOrEmpty();
            operation.Text("summary").ShouldNotBeNullOrEmpty();
            operation.GetProperty("tags").GetArrayLength().ShouldBe(1);
            var errors = operation.GetProperty("responses").EnumerateObject()
                .Where(response => response.Name[0] is '4' or '5').ToList();
            errors.Select(response => response.Name)
                .ShouldBeSubsetOf(["400", "403", "404", "408", "409", "410", "413", "415", "429", "503"]);
            string[] everywhere = ["400", "403", "429", "503"];
            everywhere.ShouldBeSubsetOf(errors.Select(response => response.Name));
            errors.ShouldAllBe(response => response.Value.GetProperty("content").Has("application/problem+json"));
            if (!operation.TryGetProperty("parameters", out var parameters)) continue;
            parameters.EnumerateArray().Where(parameter => parameter.Text("in") == "query")
                .ShouldAllBe(parameter => parameter.Text("description")!.Length > 0);
        }
    }

    [Fact]
    public async Task Each_operation_has_its_own_response_schema() =>
        (await DocumentAsync()).GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Select(schema => schema.Name)
            .ShouldBe(
            [
                "BatchGetConnectivityItem", "BatchGetConnectivityRequest", "BatchGetConnectivityResponse",
                "ConnectionKey", "EventItem", "GetAvailabilityFigures", "GetAvailabilityInterval",
                "GetAvailabilityResponse", "GetChangesResponse", "GetConnectivityResponse",
                "GetDisconnectSummaryGroup", "GetDisconnectSummaryInterval", "GetDisconnectSummaryResponse",
                "GetDisconnectsItem", "GetDisconnectsResponse", "GetEventsResponse", "GetFleetConnectivityResponse",
                "GetFleetSeriesPoint", "GetFleetSeriesResponse", "GetSessionsResponse", "GetThingsItem",
                "GetThingsResponse", "GetThingsTotal", "LegalHold", "PostLifecycleEventsAnswer",
                "PostLifecycleEventsResponse", "ProblemDetails", "SessionItem", "SocketInformation",
                "ThingHoldRequest",
            ]);

    private async Task<JsonElement> DocumentAsync() => (await indexing.Host.GetAsync("/openapi/v1.json")).Json;

    private async Task<IEnumerable<JsonElement>> OperationsAsync() =>
        (await DocumentAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value);
}
