using Connectivity.Testing;

namespace Connectivity.LocalPostgres.Tests;

public sealed class TestServerTests
{
    [Fact]
    public async Task Databases_created_concurrently_are_distinct()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => PostgresServer.CreateDatabaseAsync(TestContext.Current.CancellationToken)));
        var names = await Task.WhenAll(
            databases.Select(database => DataDirectory.AskAsync<string>(database, "SELECT current_database()")));
        names.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task A_timeout_names_the_condition_that_was_not_met() =>
        (await Should.ThrowAsync<TimeoutException>(
            () => Eventually.Is(() => false, TimeSpan.FromMilliseconds(30), "the condition holds")))
            .Message.ShouldBe("Not within 0.03 s: the condition holds.");
}
