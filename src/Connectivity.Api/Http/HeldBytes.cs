using System.Buffers;

namespace Connectivity.Api.Http;

/// <summary>
/// Bytes in pooled pieces of memory, charged to a caller's share of a budget as they are written. The first 16 KiB are
/// free, so that an ordinary query is answered whatever other callers hold; a connection costs as much anyway.
/// </summary>
public sealed class HeldBytes(ByteBudget budget, string caller) : IDisposable
{
    private const int FirstPiece = 4 * 1024;
    private const int LargestPiece = 64 * 1024;
    private const int Free = 16 * 1024;

    private readonly List<byte[]> _pieces = [];
    private ByteBudget _budget = budget;
    private string _caller = caller;
    private long _capacity;
    private int _inLast;

    public long Length { get; private set; }

    public ReadOnlySequence<byte> Bytes
    {
        get
        {
            if (Length == 0) return ReadOnlySequence<byte>.Empty;
            var first = new Segment(_pieces[0].AsMemory(0, _pieces.Count == 1 ? _inLast : _pieces[0].Length), 0);
            var last = first;
            for (var i = 1; i < _pieces.Count; i++)
                last = last.Append(_pieces[i].AsMemory(0, i == _pieces.Count - 1 ? _inLast : _pieces[i].Length));
            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }

    private long Charged => Math.Max(0, _capacity - Free);

    /// <summary>Room for at least one further byte. What is written there counts after <see cref="Advance"/>.</summary>
    /// <exception cref="BudgetExceededException">The budget has no room.</exception>
    public Span<byte> GetSpan()
    {
        if (_pieces.Count == 0 || _inLast == _pieces[^1].Length) Grow();
        return _pieces[^1].AsSpan(_inLast);
    }

    public void Advance(int count)
    {
        _inLast += count;
        Length += count;
    }

    /// <exception cref="BudgetExceededException">The budget has no room.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = GetSpan();
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Further bytes, charged as these are.</summary>
    public HeldBytes Beside() => new(_budget, _caller);

    /// <summary>Charges what is held to another budget instead.</summary>
    /// <exception cref="BudgetExceededException">The other budget has no room; the charge is unchanged.</exception>
    public void ChargeTo(ByteBudget budget, string caller)
    {
        if (!budget.TryTake(caller, Charged)) throw new BudgetExceededException();
        _budget.Return(_caller, Charged);
        (_budget, _caller) = (budget, caller);
    }

    /// <summary>Repeating it is harmless.</summary>
    public void Dispose()
    {
        _budget.Return(_caller, Charged);
        foreach (var piece in _pieces) ArrayPool<byte>.Shared.Return(piece);
        _pieces.Clear();
        (_capacity, _inLast, Length) = (0, 0, 0);
    }

    private void Grow()
    {
        var size = _pieces.Count == 0 ? FirstPiece : Math.Min(LargestPiece, _pieces[^1].Length * 2);
        var charge = Math.Max(0, _capacity + size - Free) - Charged;
        if (!_budget.TryTake(_caller, charge)) throw new BudgetExceededException();
        _pieces.Add(ArrayPool<byte>.Shared.Rent(size));
        _capacity += size;
        _inLast = 0;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
