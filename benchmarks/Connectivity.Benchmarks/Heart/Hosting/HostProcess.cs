using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Connectivity.Benchmarks.Heart.Hosting;

/// <summary>A host in a process of its own, so that its processor time and memory are its own.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Free ports, and signatures that outlast every measurement.</summary>
    private static readonly string[] Settings =
    [
        "--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port=0", "--Connectivity:SignatureWindow=01:00:00",
        .. BenchmarkHost.WithoutLimits,
    ];

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly EventHandler _killWithThis;
    private readonly HttpClient _http = new();

    private HostProcess(Process process)
    {
        _process = process;
        _killWithThis = (_, _) => _process.Kill();
        AppDomain.CurrentDomain.ProcessExit += _killWithThis;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; private set; } = null!;

    public int MqttPort { get; private set; }

    public int Id => _process.Id;

    /// <summary>From the start of the process to its first answer that it is ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Megabytes (MiB) of physical memory.</summary>
    public double ResidentMiB
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / (1024.0 * 1024.0);
        }
    }

    /// <param name="directory">Holds credentials and key ring; hosts on one database share it.</param>
    public static async Task<HostProcess> StartAsync(
        string connectionString, string directory, params string[] settings)
    {
        var start = new ProcessStartInfo(
            "dotnet", [typeof(HostProcess).Assembly.Location, BenchmarkServer.Command, .. Settings, .. settings])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Connectivity"] = connectionString;
        start.Environment["Connectivity__DataDirectory"] = directory;
        start.Environment["Connectivity__KeyRingDirectory"] = Path.Combine(directory, "keyring");
        var started = Stopwatch.StartNew();
        var host = new HostProcess(Process.Start(start)!);
        await host.WaitUntilReadyAsync(started);
        return host;
    }

    public async Task<HostMemory> MemoryAsync() =>
        (await _http.GetFromJsonAsync<HostMemory>(new Uri(Address, BenchmarkServer.MemoryPath)))!;

    public async Task<IReadOnlyList<AccountKey>> CreateAccountsAsync(int count)
    {
        using var response = await _http.PostAsync(
            new Uri(Address, $"{BenchmarkServer.AccountsPath}?count={count}"), content: null);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<IReadOnlyList<AccountKey>>())!;
    }

    /// <summary>Rebuilds all records, in the host's process.</summary>
    public async Task RebuildAsync()
    {
        using var patient = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var response = await patient.PostAsync(new Uri(Address, BenchmarkServer.RebuildPath), content: null);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _killWithThis;
        _http.Dispose();
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            using var patience = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(Stopwatch started)
    {
        while (started.Elapsed < StartTimeout)
        {
            var output = string.Join('\n', _lines);
            if (_process.HasExited) throw new InvalidOperationException($"The host ended at its start:\n{output}");
            if (ServedHttp().Match(output) is { Success: true } http)
            {
                Address = new Uri(http.Groups[1].Value);
                if (ServedMqtt().Match(output) is { Success: true } mqtt) MqttPort = int.Parse(mqtt.Groups[1].Value);
                using var response = await _http.GetAsync(new Uri(Address, "/health/ready"));
                if (response.IsSuccessStatusCode)
                {
                    ReadyAfter = started.Elapsed;
                    return;
                }
            }

            await Task.Delay(5);
        }

        throw new TimeoutException($"The host is not ready after {StartTimeout}.");
    }

    private void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }

    [GeneratedRegex(@"HTTP is served at (\S+)")]
    private static partial Regex ServedHttp();

    [GeneratedRegex(@"MQTT is served at \S+:(\d+)")]
    private static partial Regex ServedMqtt();
}
