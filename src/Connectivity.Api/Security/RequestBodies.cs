using System.Buffers;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Connectivity.Api.Http;
using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Microsoft.AspNetCore.Http.Features;

namespace Connectivity.Api.Security;

/// <summary>
/// Reads the bodies of requests within a time and a budget. A body whose sender is not verified yet is charged to the
/// source address (IPv6: its /64 network), and once it is, to the user, from a budget of its own: unverified requests
/// never use the room of verified ones.
/// </summary>
public sealed class RequestBodies
{
    private readonly ByteBudget _unverified;
    private readonly ByteBudget _verified;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;

    public RequestBodies(BodyOptions options, TimeProvider clock, IMeterFactory meters)
    {
        (_timeout, _clock) = (options.Timeout, clock);
        _unverified = new ByteBudget(options.MaximumBytes, options.MaximumBytesPerCaller);
        _verified = new ByteBudget(options.MaximumBytes, options.MaximumBytesPerCaller);
        meters.Create(ConnectivityMeter.Name).CreateObservableUpDownCounter(
            "connectivity.request_bodies", () => Held, "By",
            "Bytes of request bodies held, the first 16 KiB excepted.");
    }

    /// <summary>Bytes that all requests hold, without those that are free.</summary>
    public long Held => _unverified.Held + _verified.Held;

    /// <summary>The text in the body, which is read once, when its first caller asks.</summary>
    /// <exception cref="BadHttpRequestException">
    /// As of <see cref="ReadAsync"/>, or the body is not gzip (400).
    /// </exception>
    /// <exception cref="BudgetExceededException">There is no room for the body.</exception>
    /// <exception cref="ContentCoding.UnsupportedCodingException">The body has another coding than gzip.</exception>
    public static async ValueTask<ReadOnlySequence<byte>> ContentAsync(HttpContext context)
    {
        var isGzip = ContentCoding.IsGzip(context.Request.Headers.ContentEncoding);
        var body = context.Features.Get<RequestBody>()
            ?? await context.RequestServices.GetRequiredService<RequestBodies>().ReadAsync(context, user: null);
        return body.Content(
            isGzip, context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? long.MaxValue);
    }

    /// <summary>Reads the body, which the request then holds. The server enforces the surface's size limit.</summary>
    /// <param name="user">The ARN of the verified sender, or null.</param>
    /// <exception cref="BadHttpRequestException">
    /// The body is too large (413), did not arrive in time (408), or can't be read (400).
    /// </exception>
    /// <exception cref="BudgetExceededException">There is no room for the body.</exception>
    public async ValueTask<RequestBody> ReadAsync(HttpContext context, string? user)
    {
        var bytes = user is null
            ? new HeldBytes(_unverified, context.SourceAddress().Network()?.ToString() ?? "")
            : new HeldBytes(_verified, user);
        context.Response.RegisterForDispose(bytes);
        try
        {
            var body = new RequestBody(bytes, await ReceiveAsync(context, bytes));
            context.Response.RegisterForDispose(body);
            context.Features.Set(body);
            return body;
        }
        catch
        {
            // The answer may take as long as the sender takes to read it.
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Charges the body to its sender, who is verified now.</summary>
    /// <exception cref="BudgetExceededException">The sender's share is in use.</exception>
    public void Verified(RequestBody body, string user) => body.ChargeTo(_verified, user);

    /// <summary>Returns the SHA-256 of what was received.</summary>
    private async ValueTask<byte[]> ReceiveAsync(HttpContext context, HeldBytes bytes)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return SHA256.HashData([]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The server's minimum rate is an average from the first byte on: who sends much at once may then be silent.
        using var deadline = new CancellationTokenSource(_timeout, _clock);
        var reader = context.Request.BodyReader;
        // Unlike a cancelled read, this leaves the reader in a state in which the server can drain it.
        await using var expiry = deadline.Token.Register(reader.CancelPendingRead);
        while (true)
        {
            var read = await reader.ReadAsync();
            try
            {
                if (deadline.IsCancellationRequested)
                    throw new BadHttpRequestException(
                        "The body did not arrive in time.", StatusCodes.Status408RequestTimeout);
                foreach (var memory in read.Buffer)
                {
                    hash.AppendData(memory.Span);
                    bytes.Write(memory.Span);
                }
            }
            finally
            {
                reader.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted) return hash.GetHashAndReset();
        }
    }
}
