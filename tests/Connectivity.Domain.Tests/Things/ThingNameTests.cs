using Connectivity.Domain.Things;

namespace Connectivity.Domain.Tests.Things;

public sealed class ThingNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("a:b_c-D9")]
    [InlineData("-")]
    public void A_thing_name_may_contain_letters_digits_colons_underscores_and_hyphens(string name) =>
        ThingName.IsValid(name).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a#")]
    [InlineData("é")]
    [InlineData("a\n")]
    [InlineData("a.b")]
    [InlineData("٣")]
    public void A_thing_name_may_not_contain_other_characters(string name) => ThingName.IsValid(name).ShouldBeFalse();

    [Fact]
    public void A_thing_name_has_at_most_128_characters()
    {
        ThingName.IsValid(new string('a', 128)).ShouldBeTrue();
        ThingName.IsValid(new string('a', 129)).ShouldBeFalse();
    }
}
