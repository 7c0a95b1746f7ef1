using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>What a host logged, from every part of it.</summary>
public sealed class HostLog : ILoggerProvider
{
    public sealed record Line(LogLevel Level, string Category, EventId Id, string Text);

    private readonly ConcurrentQueue<Line> _lines = new();
    private readonly ConcurrentDictionary<int, bool> _expected = new();
    private volatile bool _othersMayComplain;

    public IReadOnlyList<Line> Lines => [.. _lines];

    /// <summary>Those that no test expects.</summary>
    public IEnumerable<Line> Errors =>
        Lines.Where(line => line.Level >= LogLevel.Error && !_expected.ContainsKey(line.Id.Id) && !IsExpectedToFail
            && !(_othersMayComplain && !line.Category.StartsWith("Connectivity.", StringComparison.Ordinal)));

    /// <summary>The test breaks what the host stands on: whatever fails may say so.</summary>
    public bool IsExpectedToFail { get; set; }

    /// <summary>The test provokes this error.</summary>
    public void Expect(int eventId) => _expected[eventId] = true;

    /// <summary>The test takes away what the host needs: the libraries complain as they please, and the host itself may not.</summary>
    public void ExpectComplaintsOfOthers() => _othersMayComplain = true;

    public ILogger CreateLogger(string categoryName) => new Logger(_lines, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<Line> lines, string category) : ILogger
    {
        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue(
                new Line(logLevel, category, eventId, $"{formatter(state, exception)} {exception}".TrimEnd()));
        }

        // What is logged at the level None is not meant to be seen; the messaging does so.
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    }
}
