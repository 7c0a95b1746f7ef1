using Connectivity.Api.Commands;
using Connectivity.Api.Database;
using Connectivity.Api.Hosting;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Telemetry;

var serving = !CommandLine.IsCommand(args);
try
{
    using var stop = new ShutdownSignal();
    var builder = ConnectivityHost.CreateBuilder(args, out var options);
    builder.Services.AddSingleton(stop);
    using var startLog = LoggerFactory.Create(logging => logging.AddConsole());
    var log = startLog.CreateLogger("Connectivity");

    await using var database = await HostDatabase.OpenAsync(
        builder.Configuration, options.Database, serving, log, stop.Token);
    await using var app = ConnectivityHost.Build(builder, options, database.ConnectionString);
    if (!serving) return await CommandLine.RunAsync(app, args);

    if (database.Directory is { } directory) log.DataDirectory(directory);
    else log.ConfiguredDatabase();
    await ConnectivityHost.ServeAsync(app, options, stop.Token);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (StartupException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
catch (Exception exception)
{
    // Caught, so that everything above is disposed of: an unhandled exception would leave PostgreSQL running.
    Console.Error.WriteLine(exception);
    return 1;
}
