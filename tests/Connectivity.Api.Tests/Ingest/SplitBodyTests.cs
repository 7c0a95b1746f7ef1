using System.Buffers;
using System.Text;
using Connectivity.Api.Ingest;

namespace Connectivity.Api.Tests.Ingest;

/// <summary>A body arrives in pieces. Wherever they meet, the same events are read.</summary>
public sealed class SplitBodyTests
{
    private const string Events =
        """
        [{"clientId":"p\u0075mp ü🚀","eventType":"connected","timestamp":1764072000000,
          "sessionIdentifier":"\ud83d\ude80",
          "versionNumber":12,"\u0073ource":"a","\ud800":["\ud800"],"sourceIp":"192.0.2.7","cleanSession":false},
         {"clientId":"\ud800","eventType":"x","timestamp":1.5,"sessionIdentifier":"","versionNumber":-1}, 17 ,
         {"versionNumber":null,"clientId":"a"},{"clientId":"a","eventType":"disconnected","timestamp":1764072000000,
          "sessionIdentifier":"s","versionNumber":9223372036854775807,"disconnectReason":"CONNECTION_LOST"}]
        """;

    private static readonly byte[] Json = Encoding.UTF8.GetBytes(Events);
    private static readonly byte[] Lines = Encoding.UTF8.GetBytes(
        Events.ReplaceLineEndings("").Trim('[', ']').Replace("}, 17 ,", "}\n17\n\n \r\n").Replace("},", "}\n"));

    [Fact]
    public void Reads_the_same_events_of_an_array_wherever_its_pieces_meet()
    {
        var whole = Read(LifecycleEventBatch.FromJson(new ReadOnlySequence<byte>(Json), 10));
        whole.Count(item => item.Error is null).ShouldBe(2);
        for (var at = 0; at <= Json.Length; at++)
            Read(LifecycleEventBatch.FromJson(Split(Json, at), 10)).ShouldBe(whole, $"split at {at}");
    }

    [Fact]
    public void Reads_the_same_events_of_lines_wherever_their_pieces_meet()
    {
        var whole = Read(LifecycleEventBatch.FromLines(new ReadOnlySequence<byte>(Lines), 10));
        whole.Count(item => item.Error is null).ShouldBe(2);
        for (var at = 0; at <= Lines.Length; at++)
            Read(LifecycleEventBatch.FromLines(Split(Lines, at), 10)).ShouldBe(whole, $"split at {at}");
    }

    private static List<(object? Event, string? Error)> Read(IReadOnlyList<ReadOnlySequence<byte>>? batch) =>
        [.. batch.ShouldNotBeNull().Select(json => LifecycleEventJson.Read(json)).Select(item => ((object?)item.Event, item.Error))];

    private static ReadOnlySequence<byte> Split(byte[] bytes, int at)
    {
        var first = new Segment(bytes.AsMemory(0, at), 0, null);
        var last = new Segment(bytes.AsMemory(at), at, first);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index, Segment? previous)
        {
            (Memory, RunningIndex) = (memory, index);
            if (previous is not null) previous.Next = this;
        }
    }
}
