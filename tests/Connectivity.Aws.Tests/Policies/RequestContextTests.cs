using Connectivity.Aws.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>What policies see of a context, seen through a policy.</summary>
public sealed class RequestContextTests
{
    private static bool Meets(RequestContext context, string condition)
    {
        var json = $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{condition}} } }""";
        return PolicyEvaluation.Decide([Policy.Attached("p", json)], new AccessRequest("iot:X", "*", context)).IsAllowed;
    }

    [Fact]
    public void A_key_without_a_value_stays_absent() =>
        Meets(new RequestContext().Set("aws:username", (string?)null), """{"Null":{"aws:username":"true"}}""").ShouldBeTrue();

    [Fact]
    public void A_key_that_is_given_again_in_another_case_has_its_last_value()
    {
        var context = new RequestContext().Set("aws:username", "ann").Set("AWS:UserName", "bob");
        Meets(context, """{"StringEquals":{"aws:username":"bob"}}""").ShouldBeTrue();
        Meets(context, """{"StringEquals":{"aws:username":"ann"}}""").ShouldBeFalse();
    }

    [Fact]
    public void Several_values_take_the_place_of_one_and_one_of_several()
    {
        var context = new RequestContext().Set("aws:TagKeys", "a").Set("aws:TagKeys", ["b", "c"]);
        Meets(context, """{"ForAnyValue:StringEquals":{"aws:TagKeys":"c"}}""").ShouldBeTrue();
        Meets(context.Set("aws:TagKeys", "d"), """{"StringEquals":{"aws:TagKeys":"d"}}""").ShouldBeTrue();
    }

    [Fact]
    public void There_may_be_any_number_of_keys()
    {
        var context = new RequestContext();
        for (var i = 0; i < 100; i++) context.Set($"iot:Key{i}", $"{i}");
        for (var i = 0; i < 100; i++)
            Meets(context, $$$"""{"StringEquals":{"iot:key{{{i}}}":"{{{i}}}"}}""").ShouldBeTrue();
    }
}
