using Connectivity.Domain.Things;

namespace Connectivity.Domain.Tests.Things;

public sealed class ThingNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("a:b_c-D9")]
    [InlineData("-")]
    public void A_name_is_of_letters_digits_colons_underscores_and_hyphens(string name) => ThingName.IsValid(name).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a#")]
    [InlineData("é")]
    [InlineData("a\n")]
    [InlineData("a.b")]
    [InlineData("٣")]
    public void A_name_has_no_other_character(string name) => ThingName.IsValid(name).ShouldBeFalse();

    [Fact]
    public void A_name_has_at_most_128_characters()
    {
        ThingName.IsValid(new string('a', 128)).ShouldBeTrue();
        ThingName.IsValid(new string('a', 129)).ShouldBeFalse();
    }
}
