using System.Text.Json;
using Connectivity.Access.Policies;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>The condition keys that policies of users may use are those that requests have.</summary>
public sealed class ConditionKeyTests(AccessHost access)
{
    private static readonly string[] OfTemporaryKeys = ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent"];

    private ApiHost Host => access.Host;

    [Fact]
    public async Task A_request_with_a_temporary_key_has_every_key_that_is_listed_as_present()
    {
        var user = await Host.CreateKeyAsync($"user-{Guid.NewGuid():N}", expiresAt: DateTimeOffset.UtcNow.AddHours(1));
        await Host.AttachAsync(user, "All", AllowIfPresent(UserConditionKeys.Present));
        (await StatusAsync(user, referer: "https://console.example/")).ShouldBe(200);
        (await StatusAsync(user, referer: null)).ShouldBe(403, "a key that the request lacks is absent");
    }

    [Fact]
    public async Task A_request_with_a_lasting_key_lacks_the_keys_of_temporary_ones()
    {
        var others = UserConditionKeys.Present.Except(OfTemporaryKeys);
        var user = await Host.CreateUserAsync(AllowIfPresent(others));
        (await StatusAsync(user, referer: "https://console.example/")).ShouldBe(200);
        foreach (var key in OfTemporaryKeys)
        {
            user = await Host.CreateUserAsync(AllowIfPresent([key]));
            (await StatusAsync(user, referer: null)).ShouldBe(403, key);
        }
    }

    [Fact]
    public async Task A_request_lacks_every_key_that_is_listed_as_absent()
    {
        var absent = UserConditionKeys.Absent.Concat(UserConditionKeys.AbsentTags.Select(tag => tag + "team"));
        var user = await Host.CreateUserAsync(AllowIfNull(absent, "true"));
        (await StatusAsync(user, referer: null)).ShouldBe(200);
    }

    private static string AllowIfPresent(IEnumerable<string> keys) => AllowIfNull(keys, "false");

    private static string AllowIfNull(IEnumerable<string> keys, string isNull)
    {
        var policy = JsonSerializer.Serialize(new
        {
            Version = "2012-10-17",
            Statement = new
            {
                Effect = "Allow",
                Action = "iot:ListIndices",
                Resource = "*",
                Condition = new { Null = keys.ToDictionary(key => key, _ => isNull) },
            },
        });
        UserConditionKeys.Known.Check(policy).ShouldBeEmpty();
        return policy;
    }

    private async Task<int> StatusAsync(User user, string? referer)
    {
        using var http = Host.ClientOf(user.Credentials);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/indices");
        request.Headers.UserAgent.ParseAdd("test/1");
        if (referer is not null) request.Headers.Referrer = new Uri(referer);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
