using System.Reflection;
using System.Text;
using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Tests.Fixtures;
using CsCheck;
using MQTTnet.Adapter;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

/// <summary>What clients may send, on the bytes of their packets, and what a violation is answered with.</summary>
public sealed class PacketRulesTests
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Those of several packets: <see cref="PacketFlowTests"/>.</summary>
    private static readonly Statement[] OfSeveralPackets = [Statement.ReceiveMaximum];

    [Fact]
    public void Each_violation_is_found_in_the_bytes()
    {
        foreach (var violation in Violation.All)
            Violated(violation.Level, violation.IsFirst, violation.Bytes).ShouldBe(violation.Statement, $"{violation}");
    }

    [Fact]
    public void Each_statement_has_a_violation_in_each_version_that_has_it()
    {
        var statements = typeof(Statement).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (Statement)field.GetValue(null)!).Except(OfSeveralPackets);
        foreach (var statement in statements)
            foreach (var (number, level) in new[] { (statement.Mqtt311, 4), (statement.Mqtt5, 5) })
                Violation.All.Any(one => one.Statement == statement && one.Level == level)
                    .ShouldBe(number is not null, $"{number} at level {level}");
    }

    [Fact]
    public async Task Each_violation_closes_the_connection_and_an_MQTT_5_client_receives_its_code()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        foreach (var violation in Violation.All)
        {
            using var client = await RawClient.OpenAsync(gateway.Port);
            if (!violation.IsFirst) await client.ConnectAsync("pump", violation.Level);
            await client.SendAsync(violation.Bytes);

            var answer = await client.ReadPacketAsync();
            byte[]? expected = violation.IsFirst
                ? violation.Statement.ConnAckCode is { } code ? [0x20, 2, 0, code] : null
                : violation.Level == 5 ? [0xE0, 2, (byte)violation.Statement.Code, 0] : null;
            answer.ShouldBe(expected, $"{violation}");
            if (answer is not null) (await client.ReadPacketAsync()).ShouldBeNull($"{violation}");
        }
    }

    [Fact]
    public void Any_ill_formed_UTF_8_in_any_string_of_any_packet_is_found() =>
        Gen.Select(
            Gen.OneOf(PacketText.All.ToArray()),
            Gen.OneOf(
                Gen.Byte.Array[1, 20],
                Gen.OneOf<byte[]>(
                    [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80], [0x61, 0]),
                Gen.String[1, 10].Select(Encoding.UTF8.GetBytes)))
            .Sample((text, bytes) =>
            {
                var violated = Violated(text.Level, IsConnect(text.Packet([])), text.Packet(bytes));
                if (!IsWellFormed(bytes)) violated.ShouldBe(Statement.Utf8);
                else if (bytes.Contains((byte)0)) violated.ShouldBe(Statement.NoNull);
                else if (bytes.AsSpan().IndexOfAny("#+"u8) < 0) violated.ShouldBeNull();
            }, print: sample => $"{sample.Item1}: {Convert.ToHexString(sample.Item2)}");

    /// <summary>Valid packets, some with a few changed bytes.</summary>
    [Fact]
    public void What_the_rules_let_through_the_library_decodes() =>
        Gen.Select(
            Gen.OneOf(PacketText.All.ToArray()), Gen.OneOf("a", "$share/a", "ä/b").Select(Encoding.UTF8.GetBytes),
            Gen.Select(Gen.Int[0, 40], Gen.Byte).Array[0, 3])
            .Sample((text, bytes, changes) =>
            {
                var packet = text.Packet(bytes);
                // The fixed header stays: its length is that of the bytes.
                foreach (var (at, value) in changes.Where(change => change.Item1 < packet.Length - 2))
                    packet[at + 2] = value;
                if (Violated(text.Level, IsConnect(packet), packet) is not null) return;
                var formatter = new MqttPacketFormatterAdapter(new MqttBufferWriter(256, 4096));
                formatter.DetectProtocolVersion(
                    Received(IsConnect(packet) ? packet : RawClient.Connect("pump", text.Level)));
                formatter.Decode(Received(packet)).ShouldNotBeNull();
            }, print: sample => $"{sample.Item1} {Convert.ToHexString(sample.Item1.Packet(sample.Item2))}");

    private static bool IsConnect(byte[] packet) => packet[0] == 0x10;

    private static bool IsWellFormed(byte[] bytes)
    {
        try
        {
            Strict.GetString(bytes);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Statement? Violated(byte level, bool isFirst, byte[] packet)
    {
        var rules = new PacketRules();
        if (!isFirst) Check(rules, RawClient.Connect("pump", level));
        try
        {
            Check(rules, packet);
            return null;
        }
        catch (ProtocolErrorException error)
        {
            return error.Violated.ShouldNotBeNull();
        }
    }

    private static void Check(PacketRules rules, byte[] packet)
    {
        FixedHeader.TryRead(packet, out var header).ShouldBeTrue();
        rules.Check(header.First, packet.AsSpan(header.Size));
    }

    private static ReceivedMqttPacket Received(byte[] packet) =>
        new(packet[0], new ArraySegment<byte>(packet[2..]), packet.Length);
}
