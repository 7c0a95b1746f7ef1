using System.Text;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.AwsSurface;

/// <summary>Bad input of every kind is answered as a client error and changes nothing.</summary>
public sealed class BadRequestTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    [Theory]
    [InlineData("%2F")]
    [InlineData("a%2Fb")]
    [InlineData("%252F")]
    [InlineData("%C3%A4")]
    [InlineData("%F0%9F%9A%80")]
    [InlineData("%")]
    [InlineData("a%zz")]
    [InlineData("%FF")]
    [InlineData("%ED%A0%80")]
    [InlineData("a%20b")]
    [InlineData("a.b")]
    [InlineData("a%0Ab")]
    [InlineData("a%0A")]
    [InlineData("'")]
    [InlineData("a;b")]
    [InlineData("a%3Bdrop%20table")]
    public async Task Refuses_a_thing_name_with_other_characters(string name)
    {
        (string, string)[] operations =
        [
            ("POST", $"/things/{name}/connectivity-data"), ("POST", $"/things/{name}"), ("GET", $"/things/{name}"),
            ("PATCH", $"/things/{name}"), ("DELETE", $"/things/{name}"), ("GET", $"/indices/{name}"),
        ];
        foreach (var (method, target) in operations)
            (await new RawRequest(method, target).SendAsync(Host)).ShouldBeAwsError(400, "InvalidRequestException")
                .Message!.ShouldContain(
                    "failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9:_-]+");
    }

    [Theory]
    [InlineData("/things/a%00b")]
    [InlineData("/things/ä")]
    [InlineData("/things/a b")]
    public async Task Refuses_a_request_target_that_http_does_not_allow(string target) =>
        (await new RawRequest("GET", target).SendAsync(Host)).Status.ShouldBe(400);

    public static TheoryData<string> NotJson =>
        new("{", "}", "null x", "{\"a\":1,}", "{'a':1}", "{\"a\":01}", "\u0000", "{\"a\":NaN}", "// comment\n{}",
            " \uFEFF{}", "{}{}", "{\"includeSocketInformation\":true", new string('[', 10_000),
            string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000));

    [Theory]
    [MemberData(nameof(NotJson))]
    public async Task Refuses_a_body_that_is_not_json(string body) =>
        (await Host.PostAsync("/things/pump/connectivity-data", body))
            .ShouldBeAwsError(400, "SerializationException", "The request body is not valid JSON");

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1e400")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    public async Task Refuses_a_body_that_is_not_an_object(string body) =>
        (await Host.PostAsync("/things/pump/connectivity-data", body))
            .ShouldBeAwsError(400, "SerializationException", "The request body must be an object");

    [Theory]
    [InlineData("POST", "/things/pump/connectivity-data", """{"includeSocketInformation":1}""",
        "'includeSocketInformation' must be a boolean")]
    [InlineData("POST", "/things/pump", """{"attributePayload":[]}""", "'attributePayload' must be an object")]
    [InlineData("POST", "/things/pump", """{"attributePayload":{"attributes":[]}}""",
        "'attributePayload.attributes' must be an object")]
    [InlineData("POST", "/things/pump", """{"attributePayload":{"attributes":{"a":1}}}""",
        "'attributePayload.attributes.a' must be a string")]
    [InlineData("POST", "/things/pump", """{"attributePayload":{"merge":"yes"}}""",
        "'attributePayload.merge' must be a boolean")]
    [InlineData("POST", "/things/pump", """{"thingTypeName":7}""", "'thingTypeName' must be a string")]
    [InlineData("PATCH", "/things/pump", """{"expectedVersion":"1"}""", "'expectedVersion' must be a whole number")]
    [InlineData("PATCH", "/things/pump", """{"expectedVersion":1.5}""", "'expectedVersion' must be a whole number")]
    [InlineData("PATCH", "/things/pump", """{"expectedVersion":1e400}""", "'expectedVersion' must be a whole number")]
    [InlineData("PATCH", "/things/pump", """{"expectedVersion":99999999999999999999}""",
        "'expectedVersion' must be a whole number")]
    [InlineData("PATCH", "/things/pump", """{"removeThingType":0}""", "'removeThingType' must be a boolean")]
    [InlineData("POST", "/indexing/config", """{"thingIndexingConfiguration":true}""",
        "'thingIndexingConfiguration' must be an object")]
    [InlineData("POST", "/indexing/config", """{"thingIndexingConfiguration":{"thingIndexingMode":{}}}""",
        "'thingIndexingConfiguration.thingIndexingMode' must be a string")]
    [InlineData("POST", "/indexing/config",
        """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF","customFields":{}}}""",
        "'thingIndexingConfiguration.customFields' must be a list")]
    [InlineData("POST", "/indexing/config",
        """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF","customFields":[1]}}""",
        "'thingIndexingConfiguration.customFields.1.member' must be an object")]
    [InlineData("POST", "/indexing/config",
        """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF","filter":{"namedShadowNames":[null]}}}""",
        "'thingIndexingConfiguration.filter.namedShadowNames.1.member' must be a string")]
    [InlineData("POST", "/indexing/config",
        """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF","filter":{"connectivity":"all"}}}""",
        "'thingIndexingConfiguration.filter.connectivity' must be an object")]
    public async Task Names_the_path_of_a_value_of_the_wrong_type(
        string method, string path, string body, string message) =>
        (await Host.SendAsync(new HttpMethod(method), path, body))
            .ShouldBeAwsError(400, "SerializationException", message);

    [Theory]
    [InlineData("POST", "/things/pump", """{"thingTypeName":"\ud800"}""")]
    [InlineData("POST", "/things/pump", """{"thingTypeName":"a\u0000b"}""")]
    [InlineData("POST", "/things/pump", """{"attributePayload":{"attributes":{"a":"\udc00"}}}""")]
    [InlineData("POST", "/things/pump", """{"attributePayload":{"attributes":{"\ud800":"a"}}}""")]
    [InlineData("POST", "/things/pump", """{"attributePayload":{"attributes":{"a\u0000":"a"}}}""")]
    [InlineData("POST", "/indexing/config", """{"thingIndexingConfiguration":{"thingIndexingMode":"\ud83d"}}""")]
    public async Task Refuses_text_with_nul_or_half_of_a_surrogate_pair(string method, string path, string body) =>
        (await Host.SendAsync(new HttpMethod(method), path, body)).ShouldBeAwsError(400, "SerializationException")
            .Message!.ShouldEndWith("contains NUL or an unpaired surrogate");

    [Theory]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"\ud800":1,"includeSocketInformation":false}""")]
    [InlineData("""{"includeSocketInformation":false,"\u0000":"\ud800"}""")]
    public async Task Never_fails_on_invalid_text_in_an_unknown_member(string body)
    {
        var name = await Host.CreateThingAsync();
        (await Host.PostAsync($"/things/{name}/connectivity-data", body)).Status.ShouldBeOneOf(200, 400);
    }

    [Fact]
    public async Task Refuses_a_body_with_invalid_utf8()
    {
        byte[] body = [.. "{\"thingTypeName\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        (await new RawRequest("POST", "/things/pump").WithBody(body).SendAsync(Host))
            .ShouldBeAwsError(400, "SerializationException");
        byte[] name = [.. "{\"attributePayload\":{\"attributes\":{\""u8, 0xFF, .. "\":\"a\"}}}"u8];
        (await new RawRequest("POST", "/things/pump").WithBody(name).SendAsync(Host))
            .ShouldBeAwsError(400, "SerializationException");
    }

    [Fact]
    public async Task Uses_the_last_of_two_members_with_one_name()
    {
        var name = await Host.CreateThingAsync();
        await Host.ReportAsync(Event.Connected(name).WithDetails());
        var answer = await Host.PostAsync(
            $"/things/{name}/connectivity-data",
            """{"includeSocketInformation":true,"includeSocketInformation":false}""");
        answer.Json.Has("sourceIp").ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Accepts_a_body_of_up_to_128_KiB(bool chunked)
    {
        var name = await Host.CreateThingAsync();
        RawRequest Of(int size)
        {
            var body = Encoding.ASCII.GetBytes("{}".PadRight(size));
            var request = new RawRequest("POST", $"/things/{name}/connectivity-data");
            return chunked ? request.WithChunkedBody(body) : request.WithBody(body);
        }

        // Kestrel counts the framing of chunks as well.
        (await Of(128 * 1024 - (chunked ? 1024 : 0)).SendAsync(Host)).Status.ShouldBe(200);
        (await Of(128 * 1024 + 1).SendAsync(Host))
            .ShouldBeAwsError(413, "RequestEntityTooLargeException", "The request body is too large.");
        (await Of(4 * 1024 * 1024).SendAsync(Host)).Status.ShouldBe(413);
    }

    [Theory]
    [InlineData("/things?maxResults=abc", "SerializationException", "'maxResults' must be a whole number")]
    [InlineData("/things?maxResults=", "SerializationException", "'maxResults' must be a whole number")]
    [InlineData("/things?maxResults=-1", "InvalidRequestException", null)]
    [InlineData("/things?maxResults=99999999999999999999", "SerializationException", null)]
    [InlineData("/things?usePrefixAttributeValue=perhaps", "SerializationException",
        "'usePrefixAttributeValue' must be true or false")]
    [InlineData("/things?attributeName=a%00b", "SerializationException", "'attributeName' has a NUL character")]
    [InlineData("/things?attributeName=a&attributeValue=%00", "SerializationException",
        "'attributeValue' has a NUL character")]
    [InlineData("/things?nextToken=%00", "SerializationException", null)]
    [InlineData("/things?nextToken=", "InvalidRequestException", "Invalid nextToken")]
    [InlineData("/things?nextToken=garbage", "InvalidRequestException", "Invalid nextToken")]
    [InlineData("/things?nextToken=%F0%9F%9A%80", "InvalidRequestException", "Invalid nextToken")]
    [InlineData("/indices?nextToken=AAAA", "InvalidRequestException", "Invalid nextToken")]
    [InlineData("/indices?maxResults=501", "InvalidRequestException", null)]
    public async Task Refuses_an_invalid_query_string(string target, string code, string? message) =>
        (await new RawRequest("GET", target).SendAsync(Host)).ShouldBeAwsError(400, code, message);

    [Theory]
    [InlineData("%FF")]
    [InlineData("%ED%A0%80")]
    [InlineData("%")]
    [InlineData("'%3B--")]
    public async Task Finds_no_thing_by_an_attribute_name_of_odd_text(string value) =>
        (await new RawRequest("GET", $"/things?attributeName={value}").SendAsync(Host))
            .Json.GetProperty("things").GetArrayLength().ShouldBe(0);

    [Theory]
    [InlineData("abc")]
    [InlineData("1.0")]
    [InlineData("")]
    public async Task Deletes_nothing_when_the_expected_version_is_not_a_number(string version)
    {
        var name = await Host.CreateThingAsync();
        (await Host.SendAsync(HttpMethod.Delete, $"/things/{name}?expectedVersion={version}"))
            .ShouldBeAwsError(400, "SerializationException", "'expectedVersion' must be a whole number");
        (await Host.GetAsync($"/things/{name}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Keeps_serving_after_truncated_requests()
    {
        var name = await Host.CreateThingAsync();
        for (var i = 0; i < 20; i++)
        {
            using var socket = new System.Net.Sockets.TcpClient();
            await socket.ConnectAsync(Host.Address.Host, Host.Address.Port, TestContext.Current.CancellationToken);
            var truncated = $"POST /things/{name}/connectivity-data HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Length: 100\r\n\r\n{";
            await socket.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(truncated), TestContext.Current.CancellationToken);
        }

        (await Host.AskAsync(name)).Status.ShouldBe(200);
    }
}
