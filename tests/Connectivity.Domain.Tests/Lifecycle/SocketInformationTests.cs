using Connectivity.Domain.Lifecycle;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class SocketInformationTests
{
    [Fact]
    public void ToString_of_an_event_or_a_record_contains_no_address()
    {
        var socket = new SocketInformation("192.0.2.77", 49152, "198.51.100.77", 8883, "vpce-77");
        var connect = Connected("a", 1, 0) with { Socket = socket };
        var disconnect = Disconnected("a", 1, 1) with { Socket = socket };

        object[] values = [connect, disconnect, Record(connect, disconnect)];
        foreach (var text in values.Select(value => value.ToString()!))
        {
            text.ShouldNotContain("77");
            text.ShouldNotContain("49152");
            text.ShouldNotContain("8883");
        }
    }
}
