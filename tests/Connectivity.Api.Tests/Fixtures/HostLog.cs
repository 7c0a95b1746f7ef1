using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>The log of a host and its libraries.</summary>
public sealed class HostLog : ILoggerProvider
{
    public sealed record Line(LogLevel Level, string Category, EventId Id, string Text);

    private readonly ConcurrentQueue<Line> _lines = new();
    private readonly ConcurrentDictionary<int, bool> _expected = new();
    private volatile bool _ignoresLibraries;

    public IReadOnlyList<Line> Lines => [.. _lines];

    /// <summary>The errors that no test expects.</summary>
    public IEnumerable<Line> Errors =>
        Lines.Where(line => line.Level >= LogLevel.Error && !_expected.ContainsKey(line.Id.Id) && !IsExpectedToFail
            && !IsOfStopping(line)
            && !(_ignoresLibraries && !line.Category.StartsWith("Connectivity.", StringComparison.Ordinal)));

    /// <summary>Wolverine logs a query of its agent as failed where a host that stops cancels it.</summary>
    private static bool IsOfStopping(Line line) => line.Category == "Wolverine.RDBMS.DurabilityAgent"
        && line.Text.Contains(nameof(OperationCanceledException), StringComparison.Ordinal);

    /// <summary>The test breaks the database under the host: any error may be logged.</summary>
    public bool IsExpectedToFail { get; set; }

    /// <summary>The test provokes this error.</summary>
    public void Expect(int eventId) => _expected[eventId] = true;

    /// <summary>
    /// The test makes a dependency unavailable: libraries may log errors, but the host itself may not.
    /// </summary>
    public void IgnoreErrorsOfLibraries() => _ignoresLibraries = true;

    public ILogger CreateLogger(string categoryName) => new Logger(_lines, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<Line> lines, string category) : ILogger
    {
        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue(
                new Line(logLevel, category, eventId, $"{formatter(state, exception)} {exception}".TrimEnd()));
        }

        // Wolverine logs some messages at the level None, which must not be recorded.
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    }
}
