using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.AwsSurface;

/// <summary>Requests and answers byte by byte: details that clients hide or in which they differ.</summary>
public sealed partial class WireTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    [Fact]
    public async Task Every_answer_is_json_with_a_request_id_of_its_own()
    {
        var name = await Host.CreateThingAsync();
        Answer[] answers =
        [
            await Host.AskAsync(name), await Host.AskAsync(name), await Host.GetAsync("/things/none"),
            await Host.GetAsync("/none"),
        ];

        answers.Select(answer => Guid.Parse(answer.Header("x-amzn-RequestId")!)).ShouldBeUnique();
        foreach (var answer in answers) answer.Header("Content-Type")!.ShouldStartWith("application/json");
        answers[0].Header("x-amzn-ErrorType").ShouldBeNull();
        // The JavaScript SDK corrects its clock by this header.
        DateTimeOffset.Parse(answers[0].Header("Date")!).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_answer_for_a_thing_that_never_connected_has_three_members()
    {
        var name = await Host.CreateThingAsync();
        (await Host.AskAsync(name)).Body
            .ShouldBe($$"""{"thingName":"{{name}}","connected":false,"disconnectReason":"UNKNOWN"}""");
    }

    [Fact]
    public async Task Omits_unknown_values_instead_of_returning_null()
    {
        var name = await Host.CreateThingAsync();
        await Host.ReportAsync(Event.Connected(name));
        var answer = await Host.AskAsync(name, includeSocketInformation: true);
        answer.Json.EnumerateObject().Select(member => member.Name)
            .ShouldBe(["thingName", "connected", "timestamp", "disconnectReason", "clientId"]);
        answer.Body.ShouldNotContain("null");
    }

    [Theory]
    [InlineData(0, "000")]
    [InlineData(7, "007")]
    [InlineData(120, "120")]
    public async Task Times_are_epoch_seconds_with_three_digits_of_milliseconds(int milliseconds, string digits)
    {
        var name = await Host.CreateThingAsync();
        var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await Host.ReportAsync(
            Event.Connected(name, at: DateTimeOffset.FromUnixTimeSeconds(seconds).AddMilliseconds(milliseconds)));
        Timestamp().Match((await Host.AskAsync(name)).Body).Value.ShouldBe($"\"timestamp\":{seconds}.{digits},");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("", "application/json")]
    [InlineData("{}", null)]
    [InlineData("{}", "application/x-amz-json-1.1")]
    [InlineData("{}", "text/plain; charset=utf-8")]
    [InlineData(" \r\n\t{ } ", "application/json")]
    [InlineData("""{"includeSocketInformation":null,"aMemberOfTomorrow":[1,{}]}""", "application/json")]
    public async Task A_client_may_send_no_body_or_no_content_type(string? body, string? contentType)
    {
        var name = await Host.CreateThingAsync();
        var request = new RawRequest("POST", $"/things/{name}/connectivity-data");
        (await (body is null ? request : request.WithBody(body, contentType)).SendAsync(Host)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("PATCH", "/things/{0}")]
    [InlineData("DELETE", "/things/{0}")]
    public async Task An_operation_without_result_answers_an_empty_object(string method, string path)
    {
        var name = await Host.CreateThingAsync();
        var answer = await Host.SendAsync(new HttpMethod(method), string.Format(path, name), "");
        (answer.Status, answer.Body).ShouldBe((200, "{}"));
    }

    [Fact]
    public async Task Decodes_a_percent_encoded_thing_name()
    {
        var name = await Host.CreateThingAsync($"a:{Guid.NewGuid():N}");
        (await new RawRequest("POST", $"/things/{name.Replace(":", "%3A")}/connectivity-data").SendAsync(Host))
            .Json.Text("thingName").ShouldBe(name);
        (await new RawRequest("POST", $"/things/{name}/connectivity-data").SendAsync(Host))
            .Json.Text("thingName").ShouldBe(name);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/nothing")]
    [InlineData("GET", "/nothing/here.json")]
    [InlineData("GET", "/things/a/b/c")]
    [InlineData("POST", "//")]
    public async Task Answers_an_unknown_operation_with_an_aws_error(string method, string target) =>
        (await new RawRequest(method, target).SendAsync(Host)).ShouldBeAwsError(404, "UnknownOperationException");

    [Theory]
    [InlineData("/indices/search")]
    [InlineData("/indices/search/")]
    [InlineData("/indices/statistics")]
    [InlineData("/indices/cardinality")]
    [InlineData("/indices/percentiles")]
    [InlineData("/indices/buckets")]
    [InlineData("/things")]
    public async Task Answers_an_aws_operation_that_is_not_offered_as_an_unknown_one(string target) =>
        (await new RawRequest("POST", target).WithBody("{}"u8.ToArray(), "application/json").SendAsync(Host))
            .ShouldBeAwsError(404, "UnknownOperationException").Header("Allow").ShouldBeNull();

    [Fact]
    public async Task Connectivity_query_errors_have_the_code_and_status_of_aws()
    {
        (await Host.AskAsync("not-registered"))
            .ShouldBeAwsError(404, "ResourceNotFoundException", "Thing not-registered does not exist");
        (await Host.AskAsync("a b")).ShouldBeAwsError(400, "InvalidRequestException",
            "1 validation error detected: Value at 'thingName' failed to satisfy constraint: "
            + "Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+");
        (await Host.AskAsync(new string('x', 129))).ShouldBeAwsError(400, "InvalidRequestException",
            "1 validation error detected: Value at 'thingName' failed to satisfy constraint: "
            + "Member must have length less than or equal to 128");
        (await Host.PostAsync("/things/pump/connectivity-data", """{"includeSocketInformation":"true"}"""))
            .ShouldBeAwsError(400, "SerializationException", "'includeSocketInformation' must be a boolean");
        (await Host.PostAsync("/things/pump/connectivity-data", "{"))
            .ShouldBeAwsError(400, "SerializationException", "The request body is not valid JSON");
    }

    [Fact]
    public async Task Validates_the_request_before_indexing_and_indexing_before_the_thing()
    {
        await using var host = await ApiHost.StartAsync();
        (await host.AskAsync("a b")).ShouldBeAwsError(400, "InvalidRequestException");
        (await host.PostAsync("/things/pump/connectivity-data", "[]"))
            .ShouldBeAwsError(400, "SerializationException", "The request body must be an object");
        (await host.AskAsync("not-registered")).ShouldBeAwsError(400, "IndexNotReadyException");
    }

    [GeneratedRegex("\"timestamp\":[^,]*,")]
    private static partial Regex Timestamp();
}
