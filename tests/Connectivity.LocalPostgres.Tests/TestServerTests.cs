using Connectivity.Testing;

namespace Connectivity.LocalPostgres.Tests;

public sealed class TestServerTests
{
    [Fact]
    public async Task databases_made_side_by_side_are_each_their_own()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostgresServer.CreateDatabaseAsync(TestContext.Current.CancellationToken)));
        var names = await Task.WhenAll(made.Select(database => DataDirectory.AskAsync<string>(database, "SELECT current_database()")));
        names.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task waiting_in_vain_says_what_was_waited_for() =>
        (await Should.ThrowAsync<TimeoutException>(() => Eventually.Is(() => false, TimeSpan.FromMilliseconds(30), "the sea dries up")))
            .Message.ShouldBe("Not within 0.03 s: the sea dries up.");
}
