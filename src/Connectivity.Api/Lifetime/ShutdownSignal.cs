using System.Runtime.InteropServices;

namespace Connectivity.Api.Lifetime;

/// <summary>
/// SIGINT (Ctrl-C) and SIGTERM as a cancellation token, from the start of the process: a host that is interrupted
/// during startup stops what it has started. Once it serves, the host's own lifetime handles the same signals.
/// </summary>
public sealed class ShutdownSignal : IDisposable
{
    private readonly CancellationTokenSource _shutdown = new();
    private readonly PosixSignalRegistration[] _registrations;

    public ShutdownSignal() =>
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];

    public CancellationToken Token => _shutdown.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _shutdown.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _shutdown.Cancel();
    }
}
