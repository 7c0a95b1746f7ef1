using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Tests.Fixtures;

namespace Connectivity.Gateway.Tests;

/// <summary>A process that did not run for longer than its lease.</summary>
public sealed class FreezeDetectorTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly ManualClock _clock = new();
    private readonly ManualClock _wall = new();
    private readonly FreezeDetector _freezes;

    public FreezeDetectorTests() => _freezes = new FreezeDetector(_clock, _wall);

    [Fact]
    public void Nothing_is_detected_while_the_process_runs_however_long_the_database_does_not_answer()
    {
        _freezes.LeaseRenewed(_wall.GetUtcNow(), Lease);
        var heard = _clock.GetTimestamp();
        for (var i = 0; i < 100; i++) Run(TimeSpan.FromSeconds(1));
        _freezes.LastAlive(heard).ShouldBeNull();
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(0, 20)]
    [InlineData(20, 0)]
    public void A_pause_by_either_clock_leaves_the_last_renewal_as_the_last_moment_alive(int monotonic, int wall)
    {
        var renewed = _wall.GetUtcNow();
        _freezes.LeaseRenewed(renewed, Lease);
        var heard = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromSeconds(monotonic));
        _wall.Advance(TimeSpan.FromSeconds(wall));

        _freezes.LastAlive(heard).ShouldBe(renewed);
        Run(TimeSpan.FromSeconds(1));
        _freezes.LeaseRenewed(_wall.GetUtcNow(), Lease);
        _freezes.LastAlive(heard).ShouldBe(renewed, "the client was not heard since");
        _freezes.LastAlive(_clock.GetTimestamp()).ShouldBeNull("it is heard");
    }

    [Fact]
    public void Nothing_is_detected_before_the_first_lease()
    {
        var heard = _clock.GetTimestamp();
        Run(TimeSpan.FromMinutes(5));
        _freezes.LastAlive(heard).ShouldBeNull();
    }

    private void Run(TimeSpan time)
    {
        _clock.Advance(time);
        _wall.Advance(time);
        _freezes.Tick();
    }
}
