using System.Collections.Concurrent;
using Connectivity.Api.Database;
using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Projections.Changes;
using Connectivity.Projections.Database;
using Connectivity.Projections.Lifecycle;
using Npgsql;

namespace Connectivity.Api.Changes;

/// <summary>Events were appended in an account.</summary>
public sealed record EventsAppended(Account Account)
{
    public static readonly NotificationChannel<EventsAppended> Channel = new("connectivity_events_appended");
}

/// <summary>
/// Notifies all hosts that events were appended, so that their followers have them at once. After the commit and at
/// most 20 times a second, because PostgreSQL commits notifications one after another; a last one follows within 50 ms.
/// </summary>
public sealed class AppendNotifier(
    LifecycleLog log, ChangeFeed feed, NpgsqlDataSource dataSource, ILogger<AppendNotifier> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<Account, bool> _appended = new();
    private readonly SemaphoreSlim _wake = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        log.Appended += OnAppended;
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stoppingToken);
                await NotifyAsync(stoppingToken);
                await Task.Delay(Interval, stoppingToken);
            }
        }
        finally
        {
            log.Appended -= OnAppended;
        }
    }

    private void OnAppended(Account account)
    {
        feed.Wake(account);
        if (!_appended.TryAdd(account, true)) return;
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <summary>Without a notification followers have the events within a second.</summary>
    private async Task NotifyAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var batch = dataSource.CreateBatch();
            foreach (var account in _appended.Keys)
                if (_appended.TryRemove(account, out _))
                    batch.BatchCommands.Add(EventsAppended.Channel.Notify(new EventsAppended(account)));
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(stoppingToken);
        }
        catch (NpgsqlException error)
        {
            logger.AppendNotNotified(error.Message);
        }
    }
}

/// <summary>Wakes this host's followers where another host appended events.</summary>
public sealed class AppendListener(ChangeFeed feed, NpgsqlDataSource dataSource, ILogger<AppendListener> logger)
    : NotificationListener<EventsAppended>(EventsAppended.Channel, dataSource, logger)
{
    protected override Task CatchUpAsync(CancellationToken stoppingToken) => Task.CompletedTask;

    protected override Task HandleAsync(EventsAppended change, CancellationToken stoppingToken)
    {
        feed.Wake(change.Account);
        return Task.CompletedTask;
    }
}
