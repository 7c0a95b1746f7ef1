using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.TypeConversion;

namespace Connectivity.Api.Http;

/// <summary>
/// Rows as CSV (RFC 4180), written as they are read. A cell that a spreadsheet would take for a formula is preceded by an
/// apostrophe. Source: OWASP, "CSV Injection".
/// </summary>
public sealed class CsvTable<T>(IAsyncEnumerable<T> rows) : IResult
{
    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.ContentType = $"{Csv.MediaType}; charset=utf-8";
        await using var text = new StreamWriter(context.Response.Body, leaveOpen: true);
        await using var csv = new CsvWriter(text, Csv.Configuration, leaveOpen: true);
        csv.Context.TypeConverterOptionsCache.GetOptions<DateTimeOffset>().Formats = [Csv.TimeFormat];
        csv.Context.TypeConverterOptionsCache.GetOptions<DateTimeOffset?>().Formats = [Csv.TimeFormat];
        csv.Context.TypeConverterCache.AddConverter<bool>(new Csv.Boolean());
        csv.Context.RegisterClassMap(Csv.MapOf<T>(csv.Context));
        csv.WriteHeader<T>();
        await csv.NextRecordAsync();
        await foreach (var row in rows.WithCancellation(context.RequestAborted))
        {
            csv.WriteRecord(row);
            await csv.NextRecordAsync();
        }
    }
}

/// <summary>How tables are written as CSV.</summary>
public static class Csv
{
    public const string MediaType = "text/csv";

    /// <summary>RFC 3339, in UTC.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz";

    public static readonly CsvConfiguration Configuration = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        InjectionOptions = InjectionOptions.Escape,
        InjectionCharacters = ['=', '+', '-', '@', '\t', '\r'],
        InjectionEscapeCharacter = '\'',
    };

    /// <summary>Whether the request wants CSV; null where its format is unknown.</summary>
    public static bool? IsWanted(HttpRequest request, string? format) => format switch
    {
        "csv" => true,
        "json" => false,
        null => request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)),
        _ => null,
    };

    /// <summary>The members in their order, named as in JSON; those of nested objects too.</summary>
    public static ClassMap<T> MapOf<T>(CsvContext context)
    {
        var map = context.AutoMap<T>();
        Name(map);
        return map;
    }

    private static void Name(ClassMap map)
    {
        foreach (var member in map.MemberMaps)
            member.Data.Names.Add(JsonNamingPolicy.CamelCase.ConvertName(member.Data.Member!.Name));
        foreach (var reference in map.ReferenceMaps) Name(reference.Data.Mapping);
    }

    internal sealed class Boolean : BooleanConverter
    {
        public override string ConvertToString(object? value, IWriterRow row, MemberMapData memberMapData) =>
            value is true ? "true" : value is false ? "false" : "";
    }
}
