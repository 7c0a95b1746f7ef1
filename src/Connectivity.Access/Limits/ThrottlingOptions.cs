namespace Connectivity.Access.Limits;

/// <summary>
/// The settings of the section <c>Connectivity:Throttling</c>: the request limits of each account, over all hosts on
/// the database, unless the command <c>limits</c> set a limit for the account.
/// </summary>
public sealed class ThrottlingOptions
{
    /// <summary>Default: 350 a second, as on AWS; 700 at once.</summary>
    public LimitOptions GetThingConnectivityData { get; init; } = new(350, 700);

    /// <summary>Default: 500 a second; 2,000 at once.</summary>
    public LimitOptions Registry { get; init; } = new(500, 2_000);

    /// <summary>Default: 10 a second; 50 at once.</summary>
    public LimitOptions Indexing { get; init; } = new(10, 50);

    /// <summary>Default: 10,000 requests a second; 20,000 at once.</summary>
    public LimitOptions Ingest { get; init; } = new(10_000, 20_000);

    /// <summary>Default: 100 a second; 400 at once.</summary>
    public LimitOptions History { get; init; } = new(100, 400);

    /// <summary>
    /// Requests of one source address (IPv6: of its /64 network) that fail to authenticate. Counted by each host.
    /// Default: 10 a second; 100 at once.
    /// </summary>
    public LimitOptions Failures { get; init; } = new(10, 100);

    public LimitOptions Of(string operationGroup) => operationGroup switch
    {
        OperationGroup.GetThingConnectivityData => GetThingConnectivityData,
        OperationGroup.Registry => Registry,
        OperationGroup.Indexing => Indexing,
        OperationGroup.Ingest => Ingest,
        OperationGroup.History => History,
        _ => throw new ArgumentOutOfRangeException(nameof(operationGroup), operationGroup, "Unknown operation group."),
    };

    public IEnumerable<string> Validate()
    {
        var limits = OperationGroup.All.Select(group => (group, Of(group))).Append((nameof(Failures), Failures));
        foreach (var (name, limit) in limits)
            if (!LimitOptions.IsValid(limit.PerSecond) || !LimitOptions.IsValid(limit.Burst))
                yield return $"Connectivity:Throttling:{name} must have PerSecond and Burst of "
                    + $"{LimitOptions.Smallest} to {LimitOptions.Largest}";
    }
}

/// <summary>A token bucket.</summary>
public sealed class LimitOptions
{
    public const double Smallest = 1;
    public const double Largest = 1_000_000;

    public LimitOptions()
    {
    }

    public LimitOptions(double perSecond, double burst) => (PerSecond, Burst) = (perSecond, burst);

    /// <summary>Requests a second, in the long run: 1 to 1,000,000.</summary>
    public double PerSecond { get; init; }

    /// <summary>Requests at once, after a pause: 1 to 1,000,000.</summary>
    public double Burst { get; init; }

    public static bool IsValid(double value) => value is >= Smallest and <= Largest;
}
