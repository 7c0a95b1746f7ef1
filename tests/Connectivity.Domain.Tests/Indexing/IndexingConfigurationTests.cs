using System.Text.Json;
using Connectivity.Domain.Indexing;

namespace Connectivity.Domain.Tests.Indexing;

public sealed class IndexingConfigurationTests
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    private static readonly ThingIndexing Connectivity =
        new() { Mode = IndexingMode.Registry, ConnectivityMode = IndexingMode.Status };

    private static readonly ThingIndexing Everything = new()
    {
        Mode = IndexingMode.RegistryAndShadow,
        ConnectivityMode = IndexingMode.Status,
        DeviceDefenderMode = IndexingMode.Violations,
        NamedShadowMode = IndexingMode.On,
        CustomFields = [new IndexedField("attributes.floor", FieldType.Number)],
        Filter = new IndexingFilter
        {
            NamedShadowNames = ["position"],
            GeoLocations = [new GeoLocation("shadow.name.position.reported.at", GeoLocationOrder.LonLat)],
            IncludeSocketInformation = true,
        },
    };

    [Fact]
    public void An_account_without_a_configuration_has_everything_off()
    {
        var off = IndexingConfiguration.Off;

        off.ConnectivityIsIndexed.ShouldBeFalse();
        off.ReleasesSocketInformation.ShouldBeFalse();
        off.Thing.Mode.ShouldBe("OFF");
        off.Thing.ConnectivityMode.ShouldBe("OFF");
        off.Thing.DeviceDefenderMode.ShouldBe("OFF");
        off.Thing.NamedShadowMode.ShouldBe("OFF");
        off.ThingGroup.Mode.ShouldBe("OFF");
    }

    [Fact]
    public void An_update_without_a_block_is_refused() =>
        IndexingConfiguration.Off.Update(null, null).ShouldBe(new IndexingUpdate(
            null,
            "At least one configuration to update "
                + "(thingIndexingConfiguration / thingGroupIndexingConfiguration) is required"));

    [Fact]
    public void Connectivity_is_indexed_where_its_mode_is_status()
    {
        var configuration = Accepted(IndexingConfiguration.Off, Connectivity);

        configuration.ConnectivityIsIndexed.ShouldBeTrue();
        configuration.ReleasesSocketInformation.ShouldBeFalse();
    }

    [Fact]
    public void A_block_replaces_the_stored_one_as_a_whole_so_that_a_mode_left_out_is_off()
    {
        var configuration = Accepted(
            Accepted(IndexingConfiguration.Off, Everything), new ThingIndexing { Mode = IndexingMode.Registry });

        configuration.ConnectivityIsIndexed.ShouldBeFalse();
        configuration.Thing.CustomFields.ShouldBeEmpty();
        configuration.Thing.Filter.IncludeSocketInformation.ShouldBeFalse();
    }

    [Fact]
    public void An_absent_block_is_left_untouched()
    {
        var things = Accepted(IndexingConfiguration.Off, Everything);
        var both = Accepted(things, null, new ThingGroupIndexing { Mode = IndexingMode.On });

        both.Thing.ShouldBeSameAs(things.Thing);
        Accepted(both, ThingIndexing.Off).ThingGroup.ShouldBeSameAs(both.ThingGroup);
    }

    [Fact]
    public void Turning_thing_indexing_off_clears_its_block()
    {
        var off = Everything with
        {
            Mode = IndexingMode.Off,
            ConnectivityMode = IndexingMode.Off,
            DeviceDefenderMode = IndexingMode.Off,
            NamedShadowMode = IndexingMode.Off,
        };

        Accepted(Accepted(IndexingConfiguration.Off, Everything), off).Thing.ShouldBe(ThingIndexing.Off);
    }

    [Fact]
    public void Turning_group_indexing_off_clears_its_block() =>
        Accepted(
            IndexingConfiguration.Off, null,
            new ThingGroupIndexing { CustomFields = [new IndexedField("a", FieldType.String)] })
            .ThingGroup.ShouldBe(ThingGroupIndexing.Off);

    public static TheoryData<ThingIndexing, string> BrokenRules => new()
    {
        {
            Connectivity with { Mode = IndexingMode.Off },
            "ThingIndexingMode must be turned ON for enabling ThingConnectivityIndexingMode"
        },
        {
            new ThingIndexing { NamedShadowMode = IndexingMode.On, Filter = Everything.Filter },
            "ThingIndexingMode must be turned ON for enabling NamedShadowIndexingMode"
        },
        {
            new ThingIndexing { DeviceDefenderMode = IndexingMode.Violations },
            "ThingIndexingMode must be turned ON for enabling DeviceDefenderIndexingMode"
        },
        {
            Everything with { Filter = IndexingFilter.None },
            "NamedShadowNames Filter must not be empty for enabling NamedShadowIndexingMode"
        },
    };

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public void An_update_that_breaks_a_rule_is_refused_with_the_message_of_aws(ThingIndexing thing, string message) =>
        IndexingConfiguration.Off.Update(thing, null).ShouldBe(new IndexingUpdate(null, message));

    [Fact]
    public void One_invalid_block_refuses_the_whole_update() =>
        IndexingConfiguration.Off.Update(
                Connectivity,
                new ThingGroupIndexing { RequestedManagedFields = [new IndexedField("version", FieldType.String)] })
            .ShouldBe(new IndexingUpdate(
                null,
                "Only managed fields with expected types are allowed in thingGroupIndexingConfiguration.managedFields. "
                    + "Invalid field(s): [name:version, type:String]"));

    [Theory]
    [InlineData(true, IndexingMode.Status, true)]
    [InlineData(true, IndexingMode.Off, false)]
    [InlineData(false, IndexingMode.Status, false)]
    public void Socket_information_is_released_only_with_the_opt_in_and_while_connectivity_is_indexed(
        bool optIn, string mode, bool released) =>
        Accepted(
                IndexingConfiguration.Off,
                Connectivity with
                {
                    ConnectivityMode = mode,
                    Filter = new IndexingFilter { IncludeSocketInformation = optIn },
                })
            .ReleasesSocketInformation.ShouldBe(released);

    [Fact]
    public void The_stored_form_round_trips()
    {
        var configuration = Accepted(
            IndexingConfiguration.Off, Everything, new ThingGroupIndexing { Mode = IndexingMode.On });
        var stored = JsonSerializer.Serialize(configuration, CamelCase);

        stored.ShouldBe(
            """
            {"thing":{"mode":"REGISTRY_AND_SHADOW","connectivityMode":"STATUS","deviceDefenderMode":"VIOLATIONS",
            "namedShadowMode":"ON",
            "customFields":[{"name":"attributes.floor","type":"Number"}],"filter":{"namedShadowNames":["position"],
            "geoLocations":[{"name":"shadow.name.position.reported.at","order":"LonLat"}],
            "includeSocketInformation":true}},
            "thingGroup":{"mode":"ON","customFields":[]}}
            """.ReplaceLineEndings(""));
        JsonSerializer.Serialize(JsonSerializer.Deserialize<IndexingConfiguration>(stored, CamelCase), CamelCase)
            .ShouldBe(stored);
    }

    [Fact]
    public void A_stored_form_that_lacks_settings_reads_as_off() =>
        JsonSerializer.Deserialize<IndexingConfiguration>("""{"thing":{"mode":"REGISTRY"}}""", CamelCase)
            .ShouldBe(new IndexingConfiguration { Thing = new ThingIndexing { Mode = IndexingMode.Registry } });

    private static IndexingConfiguration Accepted(
        IndexingConfiguration current, ThingIndexing? thing, ThingGroupIndexing? group = null)
    {
        var update = current.Update(thing, group);
        update.Error.ShouldBeNull();
        return update.Configuration.ShouldNotBeNull();
    }
}
