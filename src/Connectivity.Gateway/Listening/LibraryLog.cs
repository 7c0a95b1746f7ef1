using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using MQTTnet.Diagnostics.Logger;

namespace Connectivity.Gateway.Listening;

/// <summary>
/// Reduces MQTTnet's log to the source and the type of an error: its messages contain addresses, topics and client ids.
/// </summary>
internal sealed class LibraryLog(ILogger logger) : IMqttNetLogger
{
    public bool IsEnabled => true;

    public void Publish(
        MqttNetLogLevel level, string source, string message, object[]? parameters, Exception? exception)
    {
        if (level == MqttNetLogLevel.Error) logger.ServingFailed(source, exception?.GetType().Name ?? "no exception");
    }
}
