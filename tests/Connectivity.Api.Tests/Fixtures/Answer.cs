using System.Text.Json;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>The host's answer to one request.</summary>
public sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The member <c>message</c> of an AWS error.</summary>
    public string? Message => Json.GetProperty("message").GetString();

    /// <summary>The member <c>detail</c> of problem details.</summary>
    public string? Detail => Json.GetProperty("detail").GetString();

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        Flatten([.. response.Headers, .. response.Content.Headers]),
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    /// <summary>
    /// An error as AWS clients read it: code, status, JSON with a message, and a request id of its own.
    /// </summary>
    public Answer ShouldBeAwsError(int status, string code, string? message = null)
    {
        Status.ShouldBe(status, Body);
        Header("x-amzn-ErrorType").ShouldBe(code);
        Header("Content-Type").ShouldNotBeNull().ShouldStartWith("application/json");
        Guid.TryParse(Header("x-amzn-RequestId"), out _).ShouldBeTrue();
        Message.ShouldNotBeNullOrEmpty();
        if (message is not null) Message.ShouldBe(message);
        return this;
    }

    /// <summary>An error of <c>/v1</c>: problem details without the headers of an AWS error.</summary>
    public Answer ShouldBeProblem(int status, string? detail = null)
    {
        Status.ShouldBe(status, Body);
        Header("Content-Type").ShouldBe("application/problem+json");
        Header("x-amzn-ErrorType").ShouldBeNull();
        Json.GetProperty("status").GetInt32().ShouldBe(status);
        Detail.ShouldNotBeNullOrEmpty();
        if (detail is not null) Detail.ShouldContain(detail);
        return this;
    }

    /// <summary>A refusal of <c>/v1</c>: problem details with AWS's error code.</summary>
    public Answer ShouldBeRefusal(int status, string code, string? detail = null)
    {
        ShouldBeProblem(status);
        Json.Text("code").ShouldBe(code);
        if (detail is not null) Detail.ShouldBe(detail);
        return this;
    }

    private static Dictionary<string, string> Flatten(IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers) =>
        headers.ToDictionary(
            header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
}
