using Connectivity.Domain.Indexing;

namespace Connectivity.Testing.Storage;

public static class Configurations
{
    /// <summary>The least that turns connectivity indexing on.</summary>
    public static readonly ThingIndexing On =
        new() { Mode = IndexingMode.Registry, ConnectivityMode = IndexingMode.Status };

    public static readonly ThingIndexing OnWithSocketInformation =
        On with { Filter = new IndexingFilter { IncludeSocketInformation = true } };
}
