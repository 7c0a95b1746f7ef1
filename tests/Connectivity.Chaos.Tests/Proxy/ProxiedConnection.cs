using System.Buffers.Binary;
using System.Net.Sockets;

namespace Connectivity.Chaos.Tests.Proxy;

/// <summary>
/// One connection through the proxy. It parses the messages of both sides, to find the COMMIT of a transaction that
/// appends events, and the answer to it.
/// </summary>
internal sealed class ProxiedConnection(DatabaseProxy proxy, Socket client, string socketPath)
{
    private const int BufferSize = 64 * 1024;
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;

    private readonly CancellationTokenSource _cut = new();
    private readonly ClientSql _sql = new();
    private Socket? _server;

    /// <summary>What happens to the server's answer to a COMMIT.</summary>
    private volatile Fault? _ofReply;

    private volatile bool _holds;

    /// <summary>Breaks the connection without a message to either side.</summary>
    public void Cut()
    {
        _cut.Cancel();
        try
        {
            // A reset for the client; the server sees its client close the connection.
            client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
        }

        client.Dispose();
        _server?.Dispose();
    }

    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            var fromClient = new PgReader(new NetworkStream(client));
            await using var toClient = new BufferedStream(new NetworkStream(client), BufferSize);
            if (await FirstAsync(fromClient, toClient) is not { } first) return;

            _server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await _server.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), _cut.Token);
            await using var toServer = new BufferedStream(new NetworkStream(_server), BufferSize);
            await toServer.WriteAsync(first, _cut.Token);
            await toServer.FlushAsync(_cut.Token);
            var fromServer = new PgReader(new NetworkStream(_server));
            await await Task.WhenAny(FromClientAsync(fromClient, toServer), FromServerAsync(fromServer, toClient));
            if (_holds) await Task.Delay(Timeout.Infinite, _cut.Token);
        }
        catch (Exception broken)
            when (broken is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }
        finally
        {
            Cut();
        }
    }

    /// <summary>
    /// The StartupMessage, or the CancelRequest for the statement of another session; null where the client is refused.
    /// </summary>
    private async Task<ReadOnlyMemory<byte>?> FirstAsync(PgReader fromClient, Stream toClient)
    {
        while (await fromClient.ReadAsync(first: true, _cut.Token) is { } message)
        {
            if (BinaryPrimitives.ReadInt32BigEndian(message.Body) is not (SslRequest or GssRequest))
            {
                if (proxy.Refusal is not { } sqlState) return message.Whole;
                await toClient.WriteAsync(PgWriter.Error(sqlState, "FATAL"), _cut.Token);
                await toClient.FlushAsync(_cut.Token);
                return null;
            }

            await toClient.WriteAsync("N"u8.ToArray(), _cut.Token);
            await toClient.FlushAsync(_cut.Token);
        }

        return null;
    }

    private async Task FromClientAsync(PgReader fromClient, Stream toServer)
    {
        var replaced = false;
        while (await fromClient.ReadAsync(first: false, _cut.Token) is { } message)
        {
            if (replaced)
            {
                // Skips the rest of the failed statement, up to its Sync.
                replaced = message.Type != 'S';
                continue;
            }

            var statement = _sql.Read(message);
            if (statement == StatementKind.Append && proxy.TakeOfStatement() is { } ofStatement)
            {
                // The server itself fails the transaction, with this error.
                var failing = $"raise exception 'injected' using errcode = '{ofStatement.SqlState}'";
                await toServer.WriteAsync(PgWriter.Query($"do $$ begin {failing}; end $$"), _cut.Token);
                await toServer.FlushAsync(_cut.Token);
                replaced = message.Type != 'Q';
                ofStatement.Strike();
                continue;
            }

            if (statement == StatementKind.Commit && proxy.TakeOfCommit() is { } ofCommit)
            {
                await CommitAsync(ofCommit, message, toServer);
                replaced = ofCommit.Kind == FaultKind.FailCommit && message.Type != 'Q';
                continue;
            }

            await toServer.WriteAsync(message.Whole, _cut.Token);
            if (fromClient.IsDry) await toServer.FlushAsync(_cut.Token);
        }
    }

    private async Task CommitAsync(Fault fault, PgMessage commit, Stream toServer)
    {
        if (fault.Kind == FaultKind.CutBeforeCommit)
        {
            Cut();
            fault.Strike();
            _cut.Token.ThrowIfCancellationRequested();
        }

        if (fault.Kind == FaultKind.HoldCommit)
        {
            _holds = true;
            fault.Strike();
            await Task.Delay(Timeout.Infinite, _cut.Token);
        }

        if (fault.Kind == FaultKind.StallCommit) await Task.Delay(fault.Stall, _cut.Token);
        if (fault.Kind is FaultKind.CutAfterCommit or FaultKind.StallReply or FaultKind.FailCommit) _ofReply = fault;
        await toServer.WriteAsync(
            fault.Kind == FaultKind.FailCommit ? PgWriter.Query("ROLLBACK") : commit.Whole, _cut.Token);
        // The server answers an Execute after its Sync, which FromClientAsync forwards.
        await toServer.FlushAsync(_cut.Token);
        if (fault.Kind == FaultKind.CutWithCommit) Cut();
        if (fault.Kind is FaultKind.StallCommit or FaultKind.CutWithCommit) fault.Strike();
    }

    private async Task FromServerAsync(PgReader fromServer, Stream toClient)
    {
        while (await fromServer.ReadAsync(first: false, _cut.Token) is { } message)
        {
            if (_holds) continue;
            if (_ofReply is { } fault && !await PassesAsync(fault, message, toClient)) continue;
            await toClient.WriteAsync(message.Whole, _cut.Token);
            if (fromServer.IsDry) await toClient.FlushAsync(_cut.Token);
        }
    }

    /// <summary>Whether the server's message goes on to the client.</summary>
    private async Task<bool> PassesAsync(Fault fault, PgMessage message, Stream toClient)
    {
        switch (fault.Kind)
        {
            case FaultKind.CutAfterCommit when message.Type == 'C':
                Cut();
                break;
            case FaultKind.StallReply when message.Type == 'C':
                await Task.Delay(fault.Stall, _cut.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case FaultKind.FailCommit when message.Type == 'Z':
                await toClient.WriteAsync(PgWriter.Error(fault.SqlState, "ERROR"), _cut.Token);
                await toClient.WriteAsync(PgWriter.Ready(), _cut.Token);
                await toClient.FlushAsync(_cut.Token);
                break;
            default:
                return fault.Kind == FaultKind.StallReply;
        }

        _ofReply = null;
        fault.Strike();
        return fault.Kind == FaultKind.StallReply;
    }
}
