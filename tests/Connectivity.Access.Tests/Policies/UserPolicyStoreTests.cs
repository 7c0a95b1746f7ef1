using Connectivity.Access.Policies;

namespace Connectivity.Access.Tests.Policies;

/// <summary>The policies of users, byte for byte as they were attached.</summary>
public sealed class UserPolicyStoreTests(AccessDatabase database) : IClassFixture<AccessDatabase>
{
    private readonly string _account = SharedDatabase.NewAccount().Id;

    private UserPolicyStore Policies { get; } = new(database.Host.DataSource);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_policy_is_stored_byte_for_byte_and_replaced_by_one_of_the_same_name()
    {
        const string Document = "{ \"Version\" :\t\"2012-10-17\",\r\n  \"Statement\": [] }\n";
        await Policies.AttachAsync(Of("ann", "Reads", Document), Ct);
        await Policies.AttachAsync(Of("ann", "Writes", "{}"), Ct);
        await Policies.AttachAsync(Of("bob", "Reads", "{}"), Ct);
        (await StoredAsync())
            .ShouldBe([Of("ann", "Reads", Document), Of("ann", "Writes", "{}"), Of("bob", "Reads", "{}")]);

        await Policies.AttachAsync(Of("ann", "Reads", "[]"), Ct);
        (await StoredAsync()).ShouldBe([Of("ann", "Reads", "[]"), Of("ann", "Writes", "{}"), Of("bob", "Reads", "{}")]);
    }

    [Fact]
    public async Task Detaching_a_policy_leaves_the_others()
    {
        await Policies.AttachAsync(Of("ann", "Reads", "{}"), Ct);
        await Policies.AttachAsync(Of("bob", "Reads", "{}"), Ct);
        (await Policies.DetachAsync(_account, "ann", "Reads", Ct)).ShouldBeTrue();
        (await Policies.DetachAsync(_account, "ann", "Reads", Ct)).ShouldBeFalse();
        (await Policies.DetachAsync(SharedDatabase.NewAccount().Id, "bob", "Reads", Ct)).ShouldBeFalse();
        (await StoredAsync()).ShouldBe([Of("bob", "Reads", "{}")]);
    }

    private StoredPolicy Of(string user, string name, string document) => new(_account, user, name, document);

    private async Task<IReadOnlyList<StoredPolicy>> StoredAsync() =>
        [.. (await Policies.ListAsync(Ct)).Where(policy => policy.AccountId == _account)];
}
