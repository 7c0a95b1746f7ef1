using Connectivity.Domain.Lifecycle;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class EventIdTests
{
    private static readonly Account Account = new("000000000000", "us-east-1");

    /// <summary>
    /// Computed independently of this code. Events are stored under these ids: if a vector fails, the code is wrong.
    /// </summary>
    [Fact]
    public void The_id_of_an_event_never_changes()
    {
        EventId.Of(Account, 1, ThingId, Connected("a", 1, 0))
            .ShouldBe(Guid.Parse("fca1f890-cb48-7c77-63df-420db826a73b"));
        EventId.Of(Account, 1, ThingId, Disconnected("a", 1, 0))
            .ShouldBe(Guid.Parse("5aba9487-4b1b-4bad-4577-4c1fefe4766b"));
        EventId.Of(
                new Account("123456789012", "eu-central-1"), 42, ThingId,
                Disconnected("sitzung-é-😀", -7, 0, source: "gateway") with { OccurredAt = Noon.AddMilliseconds(1) })
            .ShouldBe(Guid.Parse("d3d571e7-c1cb-8681-ea98-26f611fd332f"));
    }

    [Fact]
    public void Each_identifying_field_changes_the_event_id()
    {
        var connected = Connected("a", 1, 0);

        new[]
        {
            EventId.Of(Account, 1, ThingId, connected),
            EventId.Of(Account with { Id = "000000000001" }, 1, ThingId, connected),
            EventId.Of(Account with { Region = "eu-west-1" }, 1, ThingId, connected),
            EventId.Of(Account, 2, ThingId, connected),
            EventId.Of(Account, 1, "another thing", connected),
            EventId.Of(Account, 1, ThingId, Connected("a", 1, 0, source: "gateway")),
            EventId.Of(Account, 1, ThingId, Connected("b", 1, 0)),
            EventId.Of(Account, 1, ThingId, Connected("a", 2, 0)),
            EventId.Of(Account, 1, ThingId, Disconnected("a", 1, 0)),
            EventId.Of(Account, 1, ThingId, connected with { OccurredAt = Noon.AddMilliseconds(1) }),
        }.ShouldBeUnique();
    }

    [Fact]
    public void Other_fields_do_not_change_the_event_id()
    {
        var disconnected = Disconnected("a", 1, 0);

        EventId.Of(Account, 1, ThingId, disconnected with
        {
            PrincipalIdentifier = "principal",
            Session = new SessionDetails(60, true, 3600),
            Socket = new SocketInformation("192.0.2.1", 1, null, null, null),
            ReportedReason = DisconnectReason.ServerError,
            ClientInitiated = true,
            OccurredAt = Noon.ToOffset(TimeSpan.FromHours(5)),
        }).ShouldBe(EventId.Of(Account, 1, ThingId, disconnected));
    }

    [Theory]
    [InlineData("ab", "c", "a", "bc")]
    [InlineData("a", "", "", "a")]
    [InlineData("é", "", "", "é")]
    public void Adjacent_text_fields_of_the_event_id_are_unambiguous(
        string source, string session, string otherSource, string otherSession)
    {
        EventId.Of(Account, 1, ThingId, Connected(session, 1, 0, source))
            .ShouldNotBe(EventId.Of(Account, 1, ThingId, Connected(otherSession, 1, 0, otherSource)));
        EventId.Of(new Account(source, session), 1, ThingId, Connected("a", 1, 0))
            .ShouldNotBe(EventId.Of(new Account(otherSource, otherSession), 1, ThingId, Connected("a", 1, 0)));
        EventId.Of(Account, 1, source, Connected("a", 1, 0, session))
            .ShouldNotBe(EventId.Of(Account, 1, otherSource, Connected("a", 1, 0, otherSession)));
    }
}
