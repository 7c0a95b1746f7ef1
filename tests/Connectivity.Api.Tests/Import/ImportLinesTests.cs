using System.IO.Compression;
using System.Text;
using Connectivity.Api.Import;

namespace Connectivity.Api.Tests.Import;

/// <summary>How an input is split into lines.</summary>
public sealed class ImportLinesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_input_stays_open_so_that_its_position_can_be_shown_until_all_is_stored(bool isGzip)
    {
        using var input = new MemoryStream();
        var text = "first\n\nthird"u8.ToArray();
        if (isGzip)
            await using (var gzip = new GZipStream(input, CompressionLevel.Fastest, leaveOpen: true))
                await gzip.WriteAsync(text, TestContext.Current.CancellationToken);
        else
            input.Write(text);
        input.Position = 0;

        var lines = new List<(long, string)>();
        await foreach (var line in ImportLines.ReadAsync(input, TestContext.Current.CancellationToken))
            lines.Add((line.Number, Encoding.UTF8.GetString(line.Text)));

        lines.ShouldBe([(1, "first"), (3, "third")]);
        input.Position.ShouldBe(input.Length);
    }
}
