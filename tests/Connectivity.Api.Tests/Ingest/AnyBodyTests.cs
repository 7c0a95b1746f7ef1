using System.Text;
using Connectivity.Api.Tests.Fixtures;
using CsCheck;

namespace Connectivity.Api.Tests.Ingest;

/// <summary>For any body, the host answers with an outcome for each event and never fails.</summary>
public sealed class AnyBodyTests(IndexingHost indexing)
{
    private static readonly string[] Members =
    [
        "clientId", "eventType", "timestamp", "sessionIdentifier", "versionNumber", "source", "principalIdentifier",
        "ipAddress", "disconnectReason", "clientInitiatedDisconnect", "sourceIp", "sourcePort", "targetIp",
        "targetPort", "vpcEndpointId", "keepAliveDuration", "cleanSession", "sessionExpiry", "unknown", "\\ud800",
        "\\u0000", "",
    ];

    private static readonly string[] OddValues =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.5", "1e3", "1e400", "-1e400", "1e-400", "65535", "65536",
        "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "79228162514264337593543950335",
        "79228162514264337593543950336", "253402300799999", "253402300800000", "-62135596800000", "-62135596800001",
        "\"\"", "\"a\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
        "\"\\ud83d\\ude80\"", "\"\uFFFF\"", "\"\uFEFF\"", "\"::1\"", "\"::ffff:1.2.3.4%eth0\"", "\"fe80::1%25\"",
        "\"1\"", "\"0x7f.1\"", "\"UNKNOWN\"", "\"NONE\"", "\"connected\"", "\"disconnected\"", "[]", "{}", "[[[[]]]]",
        "{\"a\":{\"a\":[]}}", "\"'; drop table x --\"", "\"\\\\\\\"\"", "\"{0}\"", "\"%s\"",
    ];

    /// <summary>An event with some members odd, repeated or missing, and sometimes one byte changed.</summary>
    private static Gen<byte[]> AnyEvent(string thing)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var valid = Gen.Select(Gen.Long[0, 5], Gen.Bool, Gen.Long[0, 2000], (version, connects, backdating) =>
            new List<(string, string)>
            {
                ("clientId", $"\"{thing}\""), ("eventType", connects ? "\"connected\"" : "\"disconnected\""),
                ("timestamp", $"{now - backdating}"),
                ("sessionIdentifier", $"\"{version}\""), ("versionNumber", $"{version}"),
            });
        var odd = Gen.Select(OneOf(Members), OneOf(OddValues)).Array[0, 3];
        var text = Gen.Select(valid, odd, Gen.Int[0, 8], (members, odds, dropped) =>
        {
            if (dropped < members.Count) members.RemoveAt(dropped);
            var all = members.Concat(odds).Select(member => $"\"{member.Item1}\":{member.Item2}");
            return $"{{{string.Join(",", all)}}}";
        });
        return Gen.Select(text, Gen.Int[0, 3], Gen.Int, Gen.Byte, (json, change, position, value) =>
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            // A line feed would split the line.
            if (change == 0 && value != '\n') bytes[(position & int.MaxValue) % bytes.Length] = value;
            return bytes;
        });
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Fact]
    public async Task Returns_an_outcome_for_each_line_whatever_it_contains()
    {
        var thing = await indexing.Host.CreateThingAsync();
        await AnyEvent(thing).Array[200].SampleAsync(async lines =>
        {
            byte[] body = [.. lines.SelectMany(line => (byte[])[.. line, (byte)'\n'])];
            var answer = await new RawRequest("POST", "/v1/lifecycle-events").WithBody(body, "application/x-ndjson")
                .SendAsync(indexing.Host);
            answer.Status.ShouldBe(200, answer.Body);
            ApiHost.Outcomes(answer).Count.ShouldBe(lines.Length);
            ApiHost.Outcomes(answer)
                .ShouldAllBe(outcome => outcome.Outcome != "rejected" || !string.IsNullOrEmpty(outcome.Reason));
        }, iter: 20, threads: 2);
        (await indexing.Host.AskAsync(thing)).Status.ShouldBe(200);
        (await indexing.Host.EventsAsync(thing)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task No_body_causes_a_server_error()
    {
        var thing = await indexing.Host.CreateThingAsync();
        var targets = OneOf(
            "/v1/lifecycle-events", $"/things/{thing}/connectivity-data", $"/things/{thing}", "/indexing/config");
        await Gen.Select(targets, Gen.OneOf(AnyEvent(thing), Gen.Byte.Array[0, 50])).SampleAsync(async (target, body) =>
        {
            var answer = await new RawRequest("POST", target).WithBody(body).SendAsync(indexing.Host);
            answer.Status.ShouldBeLessThan(500, answer.Body);
            answer.Body.ShouldNotBeEmpty();
        }, iter: 500, threads: 2);
    }
}
