using Bogus;
using Connectivity.Domain;
using Connectivity.Domain.Things;
using Connectivity.Projections.Registry;

namespace Connectivity.Projections.Tests.Registry;

public sealed class ThingRegistryTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static readonly ThingFilter All = new(null, null, false);
    private static readonly Dictionary<string, string> North = new() { ["site"] = "north" };
    private static readonly Dictionary<string, string> South = new() { ["site"] = "south" };

    private readonly Account _account = SharedDatabase.NewAccount();

    private ThingRegistry Registry => database.Host.Registry;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Creating_a_thing_again_gives_the_same_thing_with_the_attributes_it_has()
    {
        var created = await Registry.CreateAsync(_account, "lamp", North, Cancelled);
        var again = await database.OtherHost.Registry.CreateAsync(_account, "lamp", South, Cancelled);

        Guid.Parse(created.ThingId).ShouldNotBe(Guid.Empty);
        created.Version.ShouldBe(1);
        again.ThingId.ShouldBe(created.ThingId);
        again.Version.ShouldBe(1);
        // A caller compares these to distinguish a repetition from a conflict.
        ThingAttributes.AreSame(again.Attributes, North).ShouldBeTrue();
    }

    [Fact]
    public async Task Concurrent_creations_of_one_name_create_one_thing()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            Task.Run(() => (i % 2 == 0 ? database.Host : database.OtherHost).CreateAsync(_account, "lamp"))));

        created.Select(thing => thing.ThingId).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_name_deleted_and_created_again_has_another_id()
    {
        var previous = await Registry.CreateAsync(_account, "lamp", North, Cancelled);
        await database.Host.DeleteAsync(_account, "lamp");
        (await Registry.FindAsync(_account, "lamp", Cancelled)).ShouldBeNull();

        var current = await Registry.CreateAsync(_account, "lamp", South, Cancelled);

        current.ThingId.ShouldNotBe(previous.ThingId);
        ThingAttributes.AreSame(current.Attributes, South).ShouldBeTrue();
    }

    [Fact]
    public async Task An_update_changes_the_attributes_and_raises_the_version()
    {
        await Registry.CreateAsync(_account, "lamp", North, Cancelled);

        (await UpdateAsync("lamp", null)).ShouldBe(ThingChange.Done);
        (await UpdateAsync("lamp", 2)).ShouldBe(ThingChange.Done);

        var thing = (await Registry.FindAsync(_account, "lamp", Cancelled))!;
        thing.Version.ShouldBe(3);
        ThingAttributes.AreSame(thing.Attributes, South).ShouldBeTrue();
    }

    [Fact]
    public async Task An_update_or_deletion_that_expects_another_version_changes_nothing()
    {
        await Registry.CreateAsync(_account, "lamp", North, Cancelled);

        (await UpdateAsync("lamp", 2)).ShouldBe(ThingChange.VersionConflict);
        (await Registry.DeleteAsync(_account, "lamp", 2, Cancelled)).ShouldBe(ThingChange.VersionConflict);

        var thing = (await Registry.FindAsync(_account, "lamp", Cancelled))!;
        thing.Version.ShouldBe(1);
        ThingAttributes.AreSame(thing.Attributes, North).ShouldBeTrue();
        (await Registry.DeleteAsync(_account, "lamp", 1, Cancelled)).ShouldBe(ThingChange.Done);
    }

    [Fact]
    public async Task An_unknown_thing_can_be_neither_updated_nor_deleted()
    {
        (await UpdateAsync("stranger", null)).ShouldBe(ThingChange.NotFound);
        (await Registry.DeleteAsync(_account, "stranger", null, Cancelled)).ShouldBe(ThingChange.NotFound);
    }

    [Fact]
    public async Task Of_concurrent_updates_that_expect_the_same_version_one_succeeds()
    {
        await Registry.CreateAsync(_account, "lamp", North, Cancelled);

        var changes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => UpdateAsync("lamp", 1))));

        changes.Count(change => change == ThingChange.Done).ShouldBe(1);
        changes.Count(change => change == ThingChange.VersionConflict).ShouldBe(7);
    }

    [Fact]
    public async Task Concurrent_updates_without_an_expected_version_all_take_effect()
    {
        await Registry.CreateAsync(_account, "lamp", ThingAttributes.None, Cancelled);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Registry.UpdateAsync(
            _account, "lamp", null,
            current => ThingAttributes.Update(current, new Dictionary<string, string> { [$"a{i}"] = "1" }, merge: true),
            Cancelled))));

        var thing = (await Registry.FindAsync(_account, "lamp", Cancelled))!;
        thing.Version.ShouldBe(9);
        thing.Attributes.Count.ShouldBe(8);
    }

    [Fact]
    public async Task Pages_list_every_thing_of_the_account_once_in_the_order_of_their_names()
    {
        var faker = new Faker { Random = new Randomizer(9) };
        var names = faker.Make(23, i => $"{faker.Hacker.Noun()}-{i}".Replace(' ', '_'));
        foreach (var name in names) await Registry.CreateAsync(_account, name, North, Cancelled);
        await Registry.CreateAsync(SharedDatabase.NewAccount(), "another-account-s", North, Cancelled);

        var listed = new List<string>();
        while (await PageAsync(listed.LastOrDefault() ?? "") is { Count: > 0 } page)
        {
            page.Count.ShouldBeLessThanOrEqualTo(5);
            listed.AddRange(page.Select(thing => thing.Name));
        }

        listed.ShouldBe(names.Order(StringComparer.Ordinal));

        Task<IReadOnlyList<Thing>> PageAsync(string after) => Registry.ListAsync(_account, All, after, 5, Cancelled);
    }

    [Theory]
    [InlineData(null, null, false, new[] { "a", "b", "c", "d" })]
    [InlineData("site", null, false, new[] { "a", "b", "c" })]
    [InlineData("site", "north", false, new[] { "a" })]
    [InlineData("site", "north", true, new[] { "a", "b" })]
    [InlineData("site", "n%", true, new string[0])]
    [InlineData("floor", null, false, new string[0])]
    public async Task A_filter_lists_the_things_with_the_attribute(
        string? attribute, string? value, bool isPrefix, string[] names)
    {
        (string, string?)[] things = [("a", "north"), ("b", "north-west"), ("c", "south"), ("d", null)];
        foreach (var (name, site) in things)
            await Registry.CreateAsync(
                _account, name,
                site is null ? ThingAttributes.None : new Dictionary<string, string> { ["site"] = site }, Cancelled);

        (await Registry.ListAsync(_account, new ThingFilter(attribute, value, isPrefix), "", 10, Cancelled))
            .Select(thing => thing.Name).ShouldBe(names);
    }

    private Task<ThingChange> UpdateAsync(string name, long? expectedVersion) =>
        Registry.UpdateAsync(_account, name, expectedVersion, _ => South, Cancelled);
}
