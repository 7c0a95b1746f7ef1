using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Chaos.Tests.Processes;

/// <summary>A host in a process of its own, which can be killed and started again on the same data.</summary>
public sealed partial class ChaosHost : IAsyncDisposable
{
    private const int LinesKept = 400;

    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(90);

    /// <summary>
    /// The host built with these tests, unless <c>CONNECTIVITY_CHAOS_PROGRAM</c> names another, such as a published
    /// one.
    /// </summary>
    private static readonly string Program =
        Environment.GetEnvironmentVariable("CONNECTIVITY_CHAOS_PROGRAM") is { Length: > 0 } named
            ? named
            : typeof(ChaosHost).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(item => item.Key == "ApiProgram").Value!;

    private static readonly string[] OperationGroups =
        ["GetThingConnectivityData", "Registry", "Indexing", "Ingest", "History"];

    /// <summary>Limits so high that no round reaches them.</summary>
    private static readonly string[] Settings =
    [
        "--urls=http://127.0.0.1:0",
        .. OperationGroups.Select(group => $"--Connectivity:Throttling:{group}:PerSecond=1000000"),
        .. OperationGroups.Select(group => $"--Connectivity:Throttling:{group}:Burst=1000000"),
    ];

    /// <summary>Settings with which any device may connect, at a free port.</summary>
    public static readonly string[] OpenToDevices =
        ["--Connectivity:AllowAnonymous=true", "--Connectivity:Mqtt:Port=0"];

    private readonly string _directory;
    private readonly string[] _settings;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly EventHandler _killWithTests;
    private string _connectionString;
    private Process? _process;
    private volatile HostClient? _client;

    /// <param name="directory">Holds the credentials and the key ring; hosts on one database share it.</param>
    public ChaosHost(string connectionString, string directory, params string[] settings)
    {
        (_connectionString, _directory, _settings) = (connectionString, directory, settings);
        _killWithTests = (_, _) => _process?.Kill();
        AppDomain.CurrentDomain.ProcessExit += _killWithTests;
    }

    /// <summary>Null while the host does not serve.</summary>
    public HostClient? Client => _client;

    /// <summary>The last lines of its log.</summary>
    public string Output => string.Join('\n', _lines);

    public int MqttPort { get; private set; }

    /// <summary>Makes the host use another database from its next start.</summary>
    public void MoveTo(string connectionString) => _connectionString = connectionString;

    /// <summary>Starts the process without waiting until it serves.</summary>
    public void Launch()
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. Settings, .. _settings])
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Connectivity"] = _connectionString;
        start.Environment["Connectivity__DataDirectory"] = _directory;
        start.Environment["Connectivity__KeyRingDirectory"] = Path.Combine(_directory, "keyring");
        _lines.Clear();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until the launched process serves.</summary>
    public async Task WaitUntilServingAsync()
    {
        var process = _process!;
        await Eventually.Is(() => process.HasExited || Output.Contains("Ask with: "), StartsWithin, "the host serves");
        if (process.HasExited) throw new InvalidOperationException($"The host ended instead of serving:\n{Output}");
        if (ServedMqtt().Match(Output) is { Success: true } served) MqttPort = int.Parse(served.Groups[1].ValueSpan);
        _client = new HostClient(new Uri(Served().Match(Output).Groups[1].Value), Credentials.Read(_directory));
    }

    public async Task StartAsync()
    {
        Launch();
        await WaitUntilServingAsync();
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        var client = Interlocked.Exchange(ref _client, null);
        if (Interlocked.Exchange(ref _process, null) is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        client?.Dispose();
    }

    /// <summary>Sends a signal such as STOP or CONT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _killWithTests;
        await KillAsync();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (_lines.Count > LinesKept) _lines.TryDequeue(out _);
    }

    [GeneratedRegex(@"HTTP is served at (\S+)")]
    private static partial Regex Served();

    [GeneratedRegex(@"MQTT is served at \S+:(\d+)")]
    private static partial Regex ServedMqtt();
}
