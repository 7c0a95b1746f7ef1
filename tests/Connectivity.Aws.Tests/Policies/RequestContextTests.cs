using Connectivity.Aws.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>The values of a context, as a policy reads them.</summary>
public sealed class RequestContextTests
{
    private static bool Meets(RequestContext context, string condition)
    {
        var json =
            $$"""
            {
              "Version": "2012-10-17",
              "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{condition}} }
            }
            """;
        var request = new AccessRequest("iot:X", "*", context);
        return PolicyEvaluation.Decide([Policy.Attached("p", json)], request).IsAllowed;
    }

    [Fact]
    public void A_context_key_set_to_null_stays_absent() =>
        Meets(new RequestContext().Set("aws:username", (string?)null), """{"Null":{"aws:username":"true"}}""")
            .ShouldBeTrue();

    [Fact]
    public void A_context_key_set_again_in_another_case_has_its_last_value()
    {
        var context = new RequestContext().Set("aws:username", "ann").Set("AWS:UserName", "bob");
        Meets(context, """{"StringEquals":{"aws:username":"bob"}}""").ShouldBeTrue();
        Meets(context, """{"StringEquals":{"aws:username":"ann"}}""").ShouldBeFalse();
    }

    [Fact]
    public void Several_values_replace_one_and_one_replaces_several()
    {
        var context = new RequestContext().Set("aws:TagKeys", "a").Set("aws:TagKeys", ["b", "c"]);
        Meets(context, """{"ForAnyValue:StringEquals":{"aws:TagKeys":"c"}}""").ShouldBeTrue();
        Meets(context.Set("aws:TagKeys", "d"), """{"StringEquals":{"aws:TagKeys":"d"}}""").ShouldBeTrue();
    }

    [Fact]
    public void A_context_has_the_keys_that_it_shares_and_overrides_them()
    {
        var connection = new RequestContext().Set("iot:ClientId", "pump").Set("aws:SourceIp", "192.0.2.1");
        var message = new RequestContext(new RequestContext(connection)).Set("aws:sourceip", "192.0.2.2");
        Meets(message, """{"StringEquals":{"iot:ClientId":"pump","aws:SourceIp":"192.0.2.2"}}""").ShouldBeTrue();
        Meets(connection, """{"StringEquals":{"aws:SourceIp":"192.0.2.1"}}""").ShouldBeTrue();
        Meets(message, """{"Null":{"aws:username":"true"}}""").ShouldBeTrue();
    }

    [Fact]
    public void A_context_holds_a_hundred_keys()
    {
        var context = new RequestContext();
        for (var i = 0; i < 100; i++) context.Set($"iot:Key{i}", $"{i}");
        for (var i = 0; i < 100; i++)
            Meets(context, $$$"""{"StringEquals":{"iot:key{{{i}}}":"{{{i}}}"}}""").ShouldBeTrue();
    }
}
