using Connectivity.Domain.Things;

namespace Connectivity.Domain.Tests.Things;

public sealed class ThingAttributesTests
{
    private static readonly Dictionary<string, string> Current = new() { ["floor"] = "1", ["site"] = "north" };

    [Fact]
    public void An_update_replaces_all_attributes()
    {
        var updated = ThingAttributes.Update(Current, new Dictionary<string, string> { ["floor"] = "2" }, merge: false);

        ThingAttributes.AreSame(updated, new Dictionary<string, string> { ["floor"] = "2" }).ShouldBeTrue();
    }

    [Fact]
    public void A_merging_update_keeps_the_attributes_it_does_not_name()
    {
        var updated = ThingAttributes.Update(
            Current, new Dictionary<string, string> { ["floor"] = "2", ["room"] = "7" }, merge: true);

        ThingAttributes.AreSame(
            updated, new Dictionary<string, string> { ["floor"] = "2", ["site"] = "north", ["room"] = "7" })
            .ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, new[] { "site" })]
    [InlineData(false, new string[0])]
    public void An_empty_value_deletes_its_attribute(bool merge, string[] left) =>
        ThingAttributes.Update(Current, new Dictionary<string, string> { ["floor"] = "", ["never"] = "" }, merge).Keys
            .ShouldBe(left);

    [Fact]
    public void An_update_does_not_modify_the_current_attributes()
    {
        ThingAttributes.Update(Current, new Dictionary<string, string> { ["floor"] = "2" }, merge: true);

        Current["floor"].ShouldBe("1");
    }

    [Fact]
    public void Attributes_are_the_same_in_any_order_and_only_with_the_same_names_and_values()
    {
        ThingAttributes.AreSame(Current, new Dictionary<string, string> { ["site"] = "north", ["floor"] = "1" })
            .ShouldBeTrue();
        ThingAttributes.AreSame(Current, new Dictionary<string, string> { ["site"] = "north" }).ShouldBeFalse();
        ThingAttributes.AreSame(Current, new Dictionary<string, string> { ["site"] = "north", ["floor"] = "2" })
            .ShouldBeFalse();
        ThingAttributes.AreSame(Current, new Dictionary<string, string> { ["site"] = "north", ["room"] = "1" })
            .ShouldBeFalse();
        ThingAttributes.AreSame(ThingAttributes.None, new Dictionary<string, string>()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a_.,@/:#-Z9", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a=b", false)]
    [InlineData("a\n", false)]
    public void Attribute_names_are_validated(string name, bool valid) =>
        ThingAttributes.IsValidName(name).ShouldBe(valid);

    [Theory]
    [InlineData("a_.,@/:#=[]-Z9", true)]
    [InlineData("", true)]
    [InlineData("a b", false)]
    [InlineData("{}", false)]
    [InlineData("a\n", false)]
    public void Attribute_values_are_validated(string value, bool valid) =>
        ThingAttributes.IsValidValue(value).ShouldBe(valid);

    [Fact]
    public void An_attribute_name_has_at_most_128_characters_and_a_value_800()
    {
        ThingAttributes.IsValidName(new string('a', 128)).ShouldBeTrue();
        ThingAttributes.IsValidName(new string('a', 129)).ShouldBeFalse();
        ThingAttributes.IsValidValue(new string('a', 800)).ShouldBeTrue();
        ThingAttributes.IsValidValue(new string('a', 801)).ShouldBeFalse();
    }
}
