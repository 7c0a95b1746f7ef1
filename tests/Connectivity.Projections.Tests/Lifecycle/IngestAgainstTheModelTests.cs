using CsCheck;
using Truth = Connectivity.Testing.Lifecycle.TrueHistory;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>
/// Rule 2 with storage: events that conforming sources emit for many things, in any order, with repetitions, split into
/// transactions anywhere. The Domain tests check the rule with far more cases; these check what Marten stores.
/// </summary>
public sealed class IngestAgainstTheModelTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    [Fact]
    public async Task The_stored_record_of_conforming_sources_is_the_true_one_and_each_event_is_stored_once() =>
        await ManyDeliveries.Sequences.SampleAsync(
            async sample =>
            {
                var account = await database.NewIndexedAccountAsync();
                var generation = (await database.Host.Indexing.CurrentGenerationAsync(
                    account, TestContext.Current.CancellationToken))!;
                var (thingIds, stored) = await ManyDeliveries.StoreAsync(
                    sample, account, database.Host, database.OtherHost);

                (await Stored.EventCountAsync(database.Host, generation)).ShouldBe(stored);
                await Stored.ShouldBeConsistentAsync(database.Host, generation);
                foreach (var (name, thingId) in thingIds)
                {
                    var delivered = sample.Sequence.Where(report => report.Event.ClientId == name).ToList();
                    (await database.Host.AskAsync(account, name)).Record
                        .ShouldBe(Truth.TrueRecord(thingId, delivered), Truth.Print(delivered));
                }
            },
            iter: 8, threads: 2, print: sample => Truth.Print(sample.Sequence));
}
