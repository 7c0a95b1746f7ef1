using Connectivity.Domain.Indexing;

namespace Connectivity.Domain.Tests.Indexing;

public sealed class ManagedFieldsTests
{
    [Theory]
    [InlineData(IndexingMode.Off, IndexingMode.Off, 0)]
    [InlineData(IndexingMode.Registry, IndexingMode.Off, 5)]
    [InlineData(IndexingMode.Registry, IndexingMode.Status, 13)]
    [InlineData(IndexingMode.RegistryAndShadow, IndexingMode.Off, 7)]
    [InlineData(IndexingMode.RegistryAndShadow, IndexingMode.Status, 15)]
    public void The_managed_fields_follow_the_modes(string mode, string connectivity, int count)
    {
        var fields = ManagedFields.Of(new ThingIndexing { Mode = mode, ConnectivityMode = connectivity });

        fields.Count.ShouldBe(count);
        fields.Any(field => field.Name.StartsWith("shadow.", StringComparison.Ordinal))
            .ShouldBe(mode == IndexingMode.RegistryAndShadow);
        fields.Contains(new IndexedField("connectivity.connected", FieldType.Boolean))
            .ShouldBe(connectivity == IndexingMode.Status);
    }

    [Fact]
    public void Groups_have_managed_fields_only_while_they_are_indexed()
    {
        ManagedFields.Of(ThingGroupIndexing.Off).ShouldBeEmpty();
        ManagedFields.Of(new ThingGroupIndexing { Mode = IndexingMode.On })
            .ShouldContain(new IndexedField("version", FieldType.Number));
    }

    [Fact]
    public void Managed_fields_that_a_client_sends_back_are_accepted_and_not_stored()
    {
        var connectivity =
            new ThingIndexing { Mode = IndexingMode.RegistryAndShadow, ConnectivityMode = IndexingMode.Status };
        var sent =
            new ThingIndexing { Mode = IndexingMode.Registry, RequestedManagedFields = ManagedFields.Of(connectivity) };

        var update = IndexingConfiguration.Off.Update(sent, null);

        update.Error.ShouldBeNull();
        update.Configuration.ShouldNotBeNull().Thing.RequestedManagedFields.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("shadow.hasDelta", FieldType.Number)]
    [InlineData("attributes.floor", FieldType.Number)]
    public void A_field_that_is_not_managed_or_has_another_type_is_refused(string name, string type) =>
        IndexingConfiguration.Off.Update(
                new ThingIndexing
                {
                    RequestedManagedFields =
                        [new IndexedField("thingName", FieldType.String), new IndexedField(name, type)],
                },
                null)
            .Error.ShouldBe(
                "Only managed fields with expected types are allowed in thingIndexingConfiguration.managedFields. "
                    + $"Invalid field(s): [name:{name}, type:{type}]");
}
