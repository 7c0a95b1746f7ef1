using Connectivity.Chaos.Tests.Processes;

namespace Connectivity.Chaos.Tests.Gateways;

/// <summary>The devices of a round, each a registered thing, and the connections that they have open.</summary>
public sealed class DeviceCrowd : IDisposable
{
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 64 };

    private readonly Dictionary<string, MqttDevice> _open = [];
    private readonly List<MqttDevice> _superseded = [];
    private readonly Dictionary<string, int> _connects = [];
    private readonly Lock _lock = new();

    private DeviceCrowd(IReadOnlyList<string> names) => Names = names;

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyCollection<MqttDevice> Open
    {
        get
        {
            lock (_lock) return [.. _open.Values];
        }
    }

    public static async Task<DeviceCrowd> RegisterAsync(ChaosHost host, string prefix, int devices)
    {
        var names = Enumerable.Range(0, devices).Select(i => $"{prefix}-{i}").ToList();
        var few = new ParallelOptions { MaxDegreeOfParallelism = 8 };
        await Parallel.ForEachAsync(names, few, async (name, _) => await host.Client!.CreateThingAsync(name));
        return new DeviceCrowd(names);
    }

    /// <summary>How often the device was accepted by a gateway.</summary>
    public int Connects(string name)
    {
        lock (_lock) return _connects.GetValueOrDefault(name);
    }

    public bool IsOpen(string name)
    {
        lock (_lock) return _open.ContainsKey(name);
    }

    /// <summary>
    /// Connects the devices, many at once. A connection that a device already has open is left for the gateway to end.
    /// </summary>
    public Task ConnectAsync(ChaosHost gateway, IEnumerable<string> names) =>
        Parallel.ForEachAsync(names, AtOnce, async (name, _) =>
        {
            var device = await MqttDevice.ConnectAsync(gateway.MqttPort, name);
            lock (_lock)
            {
                if (_open.Remove(name, out var before)) _superseded.Add(before);
                _open[name] = device;
                _connects[name] = _connects.GetValueOrDefault(name) + 1;
            }
        });

    /// <summary>Every device shows its gateway that it is there.</summary>
    public Task PingAsync() => Parallel.ForEachAsync(Open, AtOnce, async (device, _) => await device.PingAsync());

    /// <summary>Ends the connections of the devices, every second one without a DISCONNECT.</summary>
    public async Task LeaveAsync(IEnumerable<string> names)
    {
        var sendsDisconnect = false;
        foreach (var name in names)
        {
            MqttDevice? device;
            lock (_lock) _open.Remove(name, out device);
            if (device is null) continue;
            if (sendsDisconnect = !sendsDisconnect) await device.DisconnectAsync();
            else device.Dispose();
        }
    }

    /// <summary>Drops connections that ended with their gateway.</summary>
    public void Forget(IEnumerable<string> names)
    {
        lock (_lock)
            foreach (var name in names)
                if (_open.Remove(name, out var device)) device.Dispose();
    }

    /// <summary>Closes the connections that a newer one of their device took over.</summary>
    public void CloseSuperseded()
    {
        foreach (var device in _superseded) device.Dispose();
    }

    public void Dispose()
    {
        foreach (var device in _superseded) device.Dispose();
        foreach (var device in Open) device.Dispose();
    }
}
