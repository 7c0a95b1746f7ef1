using System.Text;
using Connectivity.Api.AwsSurface;
using Connectivity.Api.Http;
using Connectivity.Api.Security;
using Connectivity.Api.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// Of a handler that does not ask for permission, only errors reach the caller. A header of the request replaces the
/// handler of its endpoint by one that forgets to ask.
/// </summary>
public sealed class FailClosedTests(FailClosedTests.ForgetfulHost forgetful)
    : IClassFixture<FailClosedTests.ForgetfulHost>
{
    private const string Secret = "what no caller was allowed to see";
    private const string Forgetting = "x-forgetting";

    /// <summary>Ways to answer.</summary>
    private static readonly Dictionary<string, Func<HttpResponse, Task>> Answers = new()
    {
        ["body"] = response => response.WriteAsync(Secret),
        ["stream"] = response => response.Body.WriteAsync(Encoding.UTF8.GetBytes(Secret)).AsTask(),
        ["json"] = response => response.WriteAsJsonAsync(new { Secret }),
        ["started"] = async response =>
        {
            await response.StartAsync();
            await response.WriteAsync(Secret);
        },
        ["value"] = response => Results.Ok(Secret).ExecuteAsync(response.HttpContext),
        ["nothing"] = _ => Task.CompletedTask,
        ["no content"] = response => Results.NoContent().ExecuteAsync(response.HttpContext),
        ["redirect"] = response => Results.Redirect("/" + Secret).ExecuteAsync(response.HttpContext),
    };

    private ApiHost Host => forgetful.Host;

    private IEnumerable<RouteEndpoint> Endpoints =>
        Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>();

    [Fact]
    public async Task No_endpoint_answers_anything_but_an_error_unless_its_caller_was_asked_for_permission()
    {
        var guarded = Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<OpenToAnyone>() is null
            && endpoint.Metadata.GetMetadata<OpenToLoopback>() is null).ToList();
        guarded.Count.ShouldBeGreaterThan(13);
        foreach (var endpoint in guarded)
            foreach (var way in Answers.Keys)
            {
                var answer = await Request(endpoint, way).SendAsync(Host);

                answer.Status.ShouldBe(500, $"{endpoint.DisplayName}: {way}");
                if (endpoint.Metadata.GetMetadata<Surface>() == AwsErrors.Surface)
                    answer.ShouldBeAwsError(500, "InternalFailureException");
                else answer.ShouldBeProblem(500);
                answer.Headers.Keys.ShouldNotContain("Location");
                answer.Body.ShouldNotContain(Secret);
            }
    }

    [Fact]
    public async Task An_error_needs_no_permission() =>
        (await new RawRequest("GET", "/things").WithHeader(Forgetting, "error").SendAsync(Host)).Status.ShouldBe(418);

    [Fact]
    public void Only_health_is_open_to_anyone() =>
        Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<OpenToAnyone>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText)
            .ShouldBe(["/health/live", "/health/ready"], ignoreOrder: true);

    [Fact]
    public async Task An_endpoint_that_states_nothing_of_its_access_needs_a_signature() =>
        (await new RawRequest("GET", "/forgotten").Unsigned().SendAsync(Host))
            .ShouldBeRefusal(403, "MissingAuthenticationTokenException");

    private static RawRequest Request(RouteEndpoint endpoint, string way) => new RawRequest(
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Single() ?? "GET",
        "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{thingName}", "pump")
            .Replace("{indexName}", "AWS_Things").Replace("{**path}", "nothing")).WithHeader(Forgetting, way);

    public sealed class ForgetfulHost : IAsyncLifetime
    {
        private const int RequestFailed = 100;

        public ApiHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Host = await ApiHost.StartExtendedAsync(app =>
            {
                app.Use((context, next) => context.Request.Headers[Forgetting].ToString() switch
                {
                    "" => next(context),
                    "error" => Results.Text(Secret, statusCode: 418).ExecuteAsync(context),
                    var way => Answers[way](context.Response),
                });
                app.MapGet("/forgotten", () => Secret);
            });
            Host.Log.Expect(RequestFailed);
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
