using System.Buffers;
using Connectivity.Gateway.Protocol;

namespace Connectivity.Gateway.Tests;

/// <summary>The boundaries are those of MQTT 5.0, section 1.5.5, table 1-1.</summary>
public sealed class VariableByteIntegerTests
{
    public static readonly TheoryData<int, byte[]> Boundaries = new()
    {
        { 0, [0x00] },
        { 127, [0x7F] },
        { 128, [0x80, 0x01] },
        { 16_383, [0xFF, 0x7F] },
        { 16_384, [0x80, 0x80, 0x01] },
        { 2_097_151, [0xFF, 0xFF, 0x7F] },
        { 2_097_152, [0x80, 0x80, 0x80, 0x01] },
        { 268_435_455, [0xFF, 0xFF, 0xFF, 0x7F] },
    };

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void A_value_is_encoded_and_decoded_at_its_boundaries(int value, byte[] bytes)
    {
        VariableByteInteger.Encode(value).ShouldBe(bytes);
        VariableByteInteger.Read(bytes, out var decoded, out var size).ShouldBe(OperationStatus.Done);
        (decoded, size).ShouldBe((value, bytes.Length));
    }

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void Bytes_after_the_value_are_not_read(int value, byte[] bytes)
    {
        VariableByteInteger.Read([.. bytes, 0xFF], out var decoded, out var size).ShouldBe(OperationStatus.Done);
        (decoded, size).ShouldBe((value, bytes.Length));
    }

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void A_truncated_value_needs_more_data(int value, byte[] bytes)
    {
        for (var length = 0; length < bytes.Length; length++)
        {
            var status = VariableByteInteger.Read(bytes.AsSpan(0, length), out var decoded, out var size);
            status.ShouldBe(OperationStatus.NeedMoreData, $"{value} in {length} bytes");
            (decoded, size).ShouldBe((0, 0));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x01 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })]
    public void A_fifth_byte_is_malformed(byte[] bytes)
    {
        VariableByteInteger.Read(bytes, out var decoded, out var size).ShouldBe(OperationStatus.InvalidData);
        (decoded, size).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0x00 })]
    [InlineData(new byte[] { 0xFF, 0x80, 0x00 })]
    public void More_bytes_than_the_value_needs_are_malformed(byte[] bytes) =>
        VariableByteInteger.Read(bytes, out _, out _).ShouldBe(OperationStatus.InvalidData);
}
