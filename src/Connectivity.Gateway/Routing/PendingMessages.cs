using Connectivity.Gateway.Protocol;
using MQTTnet;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Routing;

/// <summary>
/// The messages that are routed to one client and neither sent (QoS 0) nor acknowledged (QoS 1 and 2), those of the
/// server apart from those of clients. A slow or frozen client loses messages; it never delays another client.
/// </summary>
internal sealed class PendingMessages(RoutingBounds bounds)
{
    private readonly Share _ofClients = new(bounds.Messages, bounds.MessagesPerClient);
    private readonly Share _ofServer = new(bounds.Presence, bounds.MessagesPerClient);

    /// <summary>Returns whether the message may be routed to the client; if not, it is counted as dropped.</summary>
    public bool TryAdd(MqttApplicationMessage message)
    {
        if (Of(message.Topic).TryAdd(MessageSize.Of(message))) return true;
        bounds.Drop();
        return false;
    }

    public void Remove(MqttPublishPacket packet) => Of(packet.Topic).Remove(MessageSize.Of(packet));

    /// <summary>The client is gone: its pending messages no longer count.</summary>
    public void Close()
    {
        _ofClients.Close();
        _ofServer.Close();
    }

    /// <summary>Only the server publishes to reserved topics.</summary>
    private Share Of(string topic) => TopicRules.IsReserved(topic) ? _ofServer : _ofClients;

    private sealed class Share(PendingBudget budget, int maximumMessages)
    {
        private readonly Lock _lock = new();
        private int _messages;
        private long _bytes;
        private bool _closed;

        public bool TryAdd(long bytes)
        {
            lock (_lock)
            {
                if (_closed || _messages >= maximumMessages || !budget.TryGrow(_bytes, _bytes + bytes)) return false;
                _messages++;
                _bytes += bytes;
                return true;
            }
        }

        public void Remove(long bytes)
        {
            lock (_lock)
            {
                if (_closed || _messages == 0) return;
                budget.Shrink(_bytes, _bytes - bytes);
                _messages--;
                _bytes -= bytes;
            }
        }

        public void Close()
        {
            lock (_lock)
            {
                _closed = true;
                budget.Shrink(_bytes, 0);
                (_messages, _bytes) = (0, 0);
            }
        }
    }
}
