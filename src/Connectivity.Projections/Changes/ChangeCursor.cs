using System.Buffers.Binary;
using System.Globalization;

namespace Connectivity.Projections.Changes;

/// <summary>
/// A position in the change feed of an account: behind an event. Opaque to clients. It names the event and not only its
/// number, so that another event of that number, in a database that was restored from a backup, is noticed.
/// </summary>
/// <param name="Generation">The number of the generation whose log it is.</param>
/// <param name="Sequence">The number of the event; 0 before the first.</param>
/// <param name="EventPrefix">The first four bytes of the event's id; 0 before the first event.</param>
/// <param name="Epoch">How often all cursors of the account were ended before.</param>
public readonly record struct ChangeCursor(long Generation, long Sequence, uint EventPrefix, long Epoch)
{
    private const int MaximumLength = 80;

    public static ChangeCursor Behind(LogPosition log, long sequence, Guid eventId) =>
        new(log.Generation.Number, sequence, PrefixOf(eventId), log.Epoch);

    /// <summary>The first four bytes, as the text of the id has them.</summary>
    public static uint PrefixOf(Guid eventId)
    {
        Span<byte> bytes = stackalloc byte[16];
        eventId.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public static bool TryParse(string text, out ChangeCursor cursor)
    {
        cursor = default;
        if (text.Length > MaximumLength) return false;
        var parts = text.Split('.');
        if (parts.Length is not (3 or 4)
            || !TryNumber(parts[0], out var generation)
            || !TryNumber(parts[1], out var sequence)
            || parts[2].Length != 8
            || !uint.TryParse(
                parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var prefix))
            return false;
        var epoch = 0L;
        if (parts.Length == 4 && !TryNumber(parts[3], out epoch)) return false;
        cursor = new ChangeCursor(generation, sequence, prefix, epoch);
        return true;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Generation}.{Sequence}.{EventPrefix:x8}{(Epoch == 0 ? "" : $".{Epoch}")}");

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
