using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.Extensions.Primitives;

namespace Connectivity.Api.Http;

/// <summary>The codings of request bodies: none, or gzip. Source: RFC 9110, sections 8.4 and 15.5.16.</summary>
public static class ContentCoding
{
    private const string Gzip = "gzip";

    /// <summary>Whether the body is compressed.</summary>
    /// <exception cref="UnsupportedCodingException">The coding is another one, or there are several.</exception>
    public static bool IsGzip(StringValues contentEncoding) =>
        contentEncoding.ToString().Trim().ToLowerInvariant() switch
        {
            "" or "identity" => false,
            Gzip or "x-gzip" => true,
            _ => throw new UnsupportedCodingException(),
        };

    /// <param name="limit">Bytes that the content may have.</param>
    /// <exception cref="BadHttpRequestException">
    /// The body is not gzip or is incomplete (400), or its content is larger (413).
    /// </exception>
    /// <exception cref="BudgetExceededException">The budget has no room for the content.</exception>
    public static void Inflate(ReadOnlySequence<byte> body, HeldBytes content, long limit)
    {
        try
        {
            using var gzip = new GZipStream(PipeReader.Create(body).AsStream(), CompressionMode.Decompress);
            while (gzip.Read(content.GetSpan()) is > 0 and var count)
            {
                content.Advance(count);
                if (content.Length > limit)
                    throw new BadHttpRequestException(
                        "The content is too large.", StatusCodes.Status413PayloadTooLarge);
            }
        }
        catch (InvalidDataException exception)
        {
            throw new BadHttpRequestException("The body is not gzip.", StatusCodes.Status400BadRequest, exception);
        }
    }

    /// <summary>Answered with 415, and with what is accepted.</summary>
    public sealed class UnsupportedCodingException() : Exception("The body has another coding than gzip.")
    {
        public const string Accepted = Gzip;
    }
}
