using System.Globalization;

namespace Connectivity.Benchmarks.Heart;

/// <summary>What a run measures.</summary>
/// <param name="Directory">Where data sets and results are kept.</param>
/// <param name="Rows">The names of the rows; all if empty.</param>
/// <param name="Things">Of the rows that ingest.</param>
/// <param name="QueryThings">Of the rows that query, start and purge.</param>
/// <param name="Seconds">For which each kind of work is measured.</param>
/// <param name="QueryRate">Queries a second while events come in.</param>
/// <param name="EventsOfThing">In the data set that is purged.</param>
/// <param name="StreamEvents">In the stream that is rebuilt.</param>
/// <param name="Devices">That connect to the gateway.</param>
/// <param name="IdleDevices">That stay connected while the memory of the gateway is read.</param>
/// <param name="Minutes">For which the memory of a host is watched.</param>
public sealed record HeartOptions(
    string Directory,
    IReadOnlyList<string> Rows,
    int Things,
    int QueryThings,
    double Seconds,
    double QueryRate,
    int EventsOfThing,
    int StreamEvents,
    int Devices,
    int IdleDevices,
    double Minutes)
{
    /// <summary>The settings that a result must share to stand in for a measurement.</summary>
    public string ForResult() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Things} things, {QueryThings} queried, {Seconds} s, {QueryRate} queries/s, "
        + $"{EventsOfThing} events of a thing, {StreamEvents} of a stream, "
        + $"{Devices} devices, {IdleDevices} idle, {Minutes} min");
}
