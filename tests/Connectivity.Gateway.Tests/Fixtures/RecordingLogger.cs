using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Tests.Fixtures;

public sealed class RecordingLogger : ILogger<MqttGateway>
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception) + exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
