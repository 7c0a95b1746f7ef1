using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// The identity of a stored event: the same event of the same thing in the same generation always has the same id, so
/// that a unique constraint makes storing it twice impossible. The route by which it arrived is not part of it.
/// </summary>
public static class EventId
{
    private const string InferredMark = "inferred";

    /// <summary>
    /// The first 16 bytes of the SHA-256 of account, region, generation, thingId, source, session identifier, version
    /// number, kind and occurredAt, and of an inferred end also of a mark and its reason; each text preceded by its
    /// length in bytes. Ids are stored permanently: this form must never change.
    /// </summary>
    public static Guid Of(Account account, long generation, string thingId, LifecycleEvent lifecycleEvent)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendText(account.Id);
        AppendText(account.Region);
        AppendNumber(generation);
        AppendText(thingId);
        AppendText(lifecycleEvent.Connection.Source);
        AppendText(lifecycleEvent.Connection.SessionIdentifier);
        AppendNumber(lifecycleEvent.Connection.VersionNumber);
        AppendText(EventKind.Of(lifecycleEvent));
        AppendNumber(lifecycleEvent.OccurredAt.ToUnixTimeMilliseconds());
        if (lifecycleEvent is ThingDisconnected { Inferred: true } end)
        {
            AppendText(InferredMark);
            AppendText(end.Reason);
        }

        return new Guid(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);

        void AppendText(string text)
        {
            AppendNumber(Encoding.UTF8.GetByteCount(text));
            hash.AppendData(Encoding.UTF8.GetBytes(text));
        }

        void AppendNumber(long number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            hash.AppendData(bytes);
        }
    }
}
