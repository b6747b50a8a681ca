using System.Buffers.Binary;
using System.Globalization;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Fills the whole buffer with random bytes.</summary>
/// <param name="buffer">What is filled.</param>
public delegate void FillRandom(Span<byte> buffer);

/// <summary>
/// Makes ids as opencode does: prefix, <c>_</c>, 12 hex digits (48 bits: milliseconds of the epoch mod 2^36, times 4096, plus a counter that starts at 1 in each
/// millisecond) and 14 random base62 characters; 30 in all. Session ids carry the 48 bits inverted, so that newer ones sort first.
/// </summary>
/// <remarks>
/// Safe for many threads. The 48 bits of one factory never go back, whatever the clock does; a full counter goes on into the next millisecond.
/// They wrap every 795 days, next on 2028-10-17: what must ascend over that goes through <see cref="After(MessageId?)"/>.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="random">The source of the last 14 characters; called by many threads at once.</param>
public sealed class IdFactory(TimeProvider time, FillRandom random)
{
    private const int StampDigits = 12;
    private const int RandomLength = 14;
    private const int CounterBits = 12;
    private const ulong StampMask = (1UL << 48) - 1;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // Milliseconds * 4096 + counter, not yet cut to 48 bits.
    private long _last;

    /// <summary>Makes a session id that sorts before all earlier ones of this factory.</summary>
    /// <returns>The id.</returns>
    public SessionId NewSession() => Make<SessionId>(~NextStamp() & StampMask);

    /// <summary>Makes a message id for a session that has none yet.</summary>
    /// <returns>The id.</returns>
    public MessageId NewMessage() => Make<MessageId>(NextStamp());

    /// <summary>Makes a part id for a session that has none yet.</summary>
    /// <returns>The id.</returns>
    public PartId NewPart() => Make<PartId>(NextStamp());

    /// <summary>Makes the id of a permission request.</summary>
    /// <returns>The id.</returns>
    public PermissionId NewPermission() => Make<PermissionId>(NextStamp());

    /// <summary>Makes the id of a question request.</summary>
    /// <returns>The id.</returns>
    public QuestionId NewQuestion() => Make<QuestionId>(NextStamp());

    /// <summary>Makes the id of an event.</summary>
    /// <returns>The id.</returns>
    public EventId NewEvent() => Make<EventId>(NextStamp());

    /// <summary>Makes the next message id of a session: the clock's, or the last one's successor if that is greater.</summary>
    /// <param name="last">The greatest message id of the session, client-made ones included; null if it has none.</param>
    /// <returns>An id that sorts ordinally after <paramref name="last"/>.</returns>
    /// <exception cref="ArgumentException">A client chose the greatest id there is.</exception>
    public MessageId After(MessageId? last) => AfterText<MessageId>(last?.Value);

    /// <summary>Makes the next part id of a session: the clock's, or the last one's successor if that is greater.</summary>
    /// <param name="last">The greatest part id of the session, client-made ones included; null if it has none.</param>
    /// <returns>An id that sorts ordinally after <paramref name="last"/>.</returns>
    /// <exception cref="ArgumentException">A client chose the greatest id there is.</exception>
    public PartId After(PartId? last) => AfterText<PartId>(last?.Value);

    private static bool TryReadStamp(string id, int prefixLength, out ulong stamp)
    {
        stamp = 0;
        if (id.Length != prefixLength + 1 + StampDigits + RandomLength || id[prefixLength] != '_')
            return false;

        var digits = id.AsSpan(prefixLength + 1, StampDigits);
        return !digits.ContainsAnyInRange('A', 'F') // Upper case sorts differently: not ours.
            && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out stamp);
    }

    private T AfterText<T>(string? last)
        where T : struct, IId<T>
    {
        var stamp = NextStamp();
        if (last is null)
            return Make<T>(stamp);

        if (TryReadStamp(last, T.Prefix.Length, out var lastStamp))
        {
            if (stamp > lastStamp)
                return Make<T>(stamp);
            if (lastStamp < StampMask)
                return Make<T>(lastStamp + 1);
        }
        else if (Make<T>(stamp) is var fromClock && string.CompareOrdinal(fromClock.Value, last) > 0)
        {
            return fromClock;
        }

        return T.From(string.Concat(T.Prefix, IdSuccessor.Of(last.AsSpan(T.Prefix.Length)), RandomText()));
    }

    private ulong NextStamp()
    {
        var now = (time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits) + 1;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(now, last + 1);
            if ((next & ((1 << CounterBits) - 1)) == 0)
                next++; // The counter starts at 1.

            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return (ulong)next & StampMask;
        }
    }

    private T Make<T>(ulong stamp)
        where T : struct, IId<T> =>
        T.From(string.Create(CultureInfo.InvariantCulture, $"{T.Prefix}_{stamp:x12}{RandomText()}"));

    private string RandomText()
    {
        Span<byte> bytes = stackalloc byte[16];
        random(bytes);

        // Seven characters of 64 bits each: the modulo's bias is below 2^-22.
        Span<char> text = stackalloc char[RandomLength];
        for (var half = 0; half < 2; half++)
        {
            var rest = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(half * 8)..]);
            for (var i = 0; i < RandomLength / 2; i++)
            {
                (rest, var digit) = Math.DivRem(rest, (ulong)Base62.Length);
                text[(half * RandomLength / 2) + i] = Base62[(int)digit];
            }
        }

        return new string(text);
    }
}
