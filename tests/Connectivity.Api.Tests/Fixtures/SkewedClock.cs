namespace Connectivity.Api.Tests.Fixtures;

/// <summary>The time of day is wrong by <see cref="Skew"/>; elapsed times are right.</summary>
public sealed class SkewedClock : TimeProvider
{
    private long _skew;

    public TimeSpan Skew
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _skew));
        set => Interlocked.Exchange(ref _skew, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Skew;
}
