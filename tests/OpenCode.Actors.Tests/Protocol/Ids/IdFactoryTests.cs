using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Tests.Protocol.Ids;

public sealed class IdFactoryTests
{
    private const long Now = 1_800_000_000_123;

    private readonly Random _random = new(20_281_017); // One seed for all: a failure repeats itself.
    private readonly FixedClock _clock = new(Now);
    private readonly IdFactory _ids;

    public IdFactoryTests() => _ids = new IdFactory(_clock, Fill);

    [Fact]
    public void An_id_is_its_prefix_twelve_hex_digits_of_the_clock_and_fourteen_of_base62()
    {
        var stamp = ((Now % (1L << 36)) * 4096) + 1;

        Assert.Matches($"^msg_{stamp:x12}[0-9A-Za-z]{{14}}$", _ids.NewMessage().Value);
        Assert.Matches($"^prt_{stamp + 1:x12}[0-9A-Za-z]{{14}}$", _ids.NewPart().Value);
        Assert.Matches("^evt_[0-9a-f]{12}[0-9A-Za-z]{14}$", _ids.NewEvent().Value);
        Assert.Matches("^per_[0-9a-f]{12}[0-9A-Za-z]{14}$", _ids.NewPermission().Value);
        Assert.Matches("^que_[0-9a-f]{12}[0-9A-Za-z]{14}$", _ids.NewQuestion().Value);
    }

    [Fact]
    public void A_session_id_carries_the_clock_inverted()
    {
        // A pair of stamp and inverted stamp as the real server made it.
        _clock.Milliseconds = 1_795_239_663_188;

        var id = _ids.NewSession();

        Assert.StartsWith("ses_e0360a9abffe", id.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_counter_starts_at_one_in_each_millisecond()
    {
        _ids.NewMessage();
        _ids.NewMessage();
        _clock.Milliseconds++;

        Assert.Equal("001", _ids.NewMessage().Value[13..16]);
    }

    [Fact]
    public void A_full_counter_goes_on_into_the_next_millisecond_and_never_back()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => _ids.NewMessage().Value).ToList();
        _clock.Milliseconds++;
        ids.Add(_ids.NewMessage().Value);

        Assert.Equal(ids, ids.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(ids.Count, ids.Select(id => id[..16]).Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(ids, id => id[13..16] == "000");
    }

    [Fact]
    public void Ids_ascend_and_session_ids_descend_whatever_the_clock_does()
    {
        Prop.ForAll<int[]>(jumps =>
        {
            var clock = new FixedClock(Now);
            var factory = new IdFactory(clock, Fill);
            var messages = new List<string>();
            var sessions = new List<string>();
            foreach (var jump in jumps)
            {
                clock.Milliseconds += jump;
                messages.Add(factory.NewMessage().Value);
                sessions.Add(factory.NewSession().Value);
            }

            return messages.SequenceEqual(messages.Order(StringComparer.Ordinal), StringComparer.Ordinal)
                && sessions.SequenceEqual(sessions.OrderDescending(StringComparer.Ordinal), StringComparer.Ordinal);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Many_threads_never_get_the_same_stamp()
    {
        var work = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 5_000).Select(_ => _ids.NewEvent().Value[..16]).ToList()));

        var stamps = (await Task.WhenAll(work)).SelectMany(s => s).ToList();

        Assert.Equal(20_000, stamps.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void An_id_after_one_of_a_faster_clock_is_its_successor()
    {
        var ahead = new IdFactory(new FixedClock(Now + 3_600_000), bytes => bytes.Clear()).NewMessage();

        var next = _ids.After(ahead);

        Assert.Equal(Stamp(ahead.Value) + 1, Stamp(next.Value));
    }

    [Fact]
    public void An_id_after_an_older_one_is_the_clocks()
    {
        var older = _ids.NewPart();
        _clock.Milliseconds += 10;

        var next = _ids.After(older);

        Assert.Equal(((Now + 10) % (1L << 36) * 4096) + 1, Stamp(next.Value));
    }

    [Fact]
    public void A_session_without_messages_gets_an_id_of_the_clock() =>
        Assert.StartsWith("msg_", _ids.After((MessageId?)null).Value, StringComparison.Ordinal);

    [Theory]
    [InlineData("msg_ffffffffffffzzzzzzzzzzzzzz")] // The last stamp there is: no + 1.
    [InlineData("msg_FFFFFFFFFFFF00000000000000")] // Our length, not our digits.
    [InlineData("msgz")]
    [InlineData("msg_")]
    [InlineData("msg_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("msg_0123456789012345678901234567890123456789012345678901234567")]
    public void An_id_after_a_clients_own_sorts_behind_it_again_and_again(string text)
    {
        var last = new MessageId(text);
        for (var i = 0; i < 200; i++)
        {
            var next = _ids.After(last);
            Assert.True(string.CompareOrdinal(next.Value, last.Value) > 0, $"{next} must sort behind {last}.");
            Assert.True(MessageId.TryParse(next.Value, out _), $"{next} must be readable.");
            last = next;
        }
    }

    [Fact]
    public void An_id_after_any_clients_own_sorts_behind_it()
    {
        var alphabet = Gen.Elements(IdText.Alphabet.ToCharArray());
        var bodies = Gen.Choose(1, IdText.MaxBodyLength).SelectMany(n => alphabet.ArrayOf(n)).Select(chars => new string(chars)).ToArbitrary();

        Prop.ForAll(bodies, body =>
        {
            var last = new PartId("prt" + body);
            var next = _ids.After(last);
            return string.CompareOrdinal(next.Value, last.Value) > 0 && PartId.TryParse(next.Value, out _);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_greatest_id_has_no_successor_and_is_refused_by_name()
    {
        var greatest = new MessageId("msg" + new string('z', IdText.MaxBodyLength));

        Assert.Throws<ArgumentException>(() => _ids.After(greatest));
    }

    private void Fill(Span<byte> buffer)
    {
        lock (_random)
            _random.NextBytes(buffer);
    }

    private static long Stamp(string id) => long.Parse(id.AsSpan(4, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
