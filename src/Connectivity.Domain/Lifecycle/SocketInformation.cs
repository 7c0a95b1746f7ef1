namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// The addresses of a connection; null where the source did not report them. Sensitive: leaves the system only where
/// configuration, request and policy all allow it, and never in a log.
/// </summary>
/// <param name="SourceIp">The device's address as the endpoint saw it, IPv4 or IPv6.</param>
/// <param name="TargetIp">The endpoint's own address.</param>
/// <param name="VpcEndpointId">The VPC endpoint the device came through.</param>
public sealed record SocketInformation(
    string? SourceIp, int? SourcePort, string? TargetIp, int? TargetPort, string? VpcEndpointId)
{
    public static readonly SocketInformation None = new(null, null, null, null, null);

    /// <summary>Each address of this one, or the other's where this one lacks it.</summary>
    public SocketInformation Or(SocketInformation other) => new(
        SourceIp ?? other.SourceIp,
        SourcePort ?? other.SourcePort,
        TargetIp ?? other.TargetIp,
        TargetPort ?? other.TargetPort,
        VpcEndpointId ?? other.VpcEndpointId);

    /// <summary>Never the addresses: a record that is logged by mistake discloses nothing.</summary>
    public override string ToString() => "(socket information)";
}
