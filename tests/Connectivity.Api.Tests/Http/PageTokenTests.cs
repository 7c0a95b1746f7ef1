using System.Buffers.Text;
using System.Text;
using Connectivity.Api.Http;
using Connectivity.Api.Tests.Fixtures;
using CsCheck;

namespace Connectivity.Api.Tests.Http;

/// <summary>A token is input: anyone can make one.</summary>
public sealed class PageTokenTests(IndexingHost indexing)
{
    private const string Listing = "ListThings";

    private ApiHost Host => indexing.Host;

    [Fact]
    public void Reads_back_what_it_wrote() => Gen.Select(Gen.Long, Gen.String[Gen.Char['a', '~'], 0, 50])
        .Sample((number, name) =>
        {
            PageToken.TryRead<long>(PageToken.Write(number, Listing), Listing, out var readNumber).ShouldBeTrue();
            PageToken.TryRead<string>(PageToken.Write(name, Listing), Listing, out var readName).ShouldBeTrue();
            (readNumber, readName).ShouldBe((number, name));
        });

    [Fact]
    public void A_position_is_text_that_the_database_can_hold_whatever_an_invented_token_has() =>
        Gen.Byte.Array[0, 20].Sample(position =>
        {
            if (PageToken.TryRead<string>(Invented(position), Listing, out var read))
                Encoding.UTF8.GetBytes(read).ShouldBe(position);
            var isStorable = !position.Contains((byte)0) && position.All(b => b < 0x80);
            if (isStorable) read.ShouldNotBeNull();
            if (position.Contains((byte)0)) read.ShouldBeNull();
        });

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    public async Task An_invented_token_is_an_error_of_its_caller_in_every_listing(byte added)
    {
        var thing = await Host.CreateThingAsync();
        await Host.CreateThingAsync();
        await Host.ReportAsync(Event.Connected(thing), Event.Disconnected(thing));
        string Changed(string? token) =>
            Base64Url.EncodeToString([.. Base64Url.DecodeFromChars(token), added]);

        var token = (await Host.GetAsync("/things?maxResults=1")).Json.Text("nextToken");
        (await Host.GetAsync($"/things?maxResults=1&nextToken={Changed(token)}"))
            .ShouldBeAwsError(400, "InvalidRequestException", "Invalid nextToken");

        var page = $"/v1/things/{thing}/events?limit=1";
        var next = (await Host.GetAsync(page)).Json.Text("nextToken");
        (await Host.GetAsync($"{page}&nextToken={Changed(next)}"))
            .ShouldBeProblem(400, "nextToken was not issued for this listing.");
    }

    private static string Invented(byte[] position)
    {
        var issued = Base64Url.DecodeFromChars(PageToken.Write("", Listing));
        return Base64Url.EncodeToString([.. issued, .. position]);
    }
}
