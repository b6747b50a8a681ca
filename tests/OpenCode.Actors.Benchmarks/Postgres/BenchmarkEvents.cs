using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Events of 300 B, the same on both sides.</summary>
internal static class BenchmarkEvents
{
    private const int PropertiesBytes = 300;

    // On the wire: {"stamp":16 digits,"number":10 digits,"text":"…"}
    private const string Stamp = "{\"stamp\":";
    private const string Number = ",\"number\":";
    private const string Text = ",\"text\":\"";
    private const int StampDigits = 16;
    private const int NumberDigits = 10;

    /// <summary>Gets what an arrival looks for.</summary>
    public static ReadOnlySpan<byte> Mark => "{\"stamp\":"u8;

    /// <summary>Gets how many bytes from the mark on must be there.</summary>
    public static int MarkedBytes => Stamp.Length + StampDigits + Number.Length + NumberDigits;

    /// <summary>Makes an event with the present moment and a number in it.</summary>
    public static EntryDraft Make(int number)
    {
        var text = string.Concat(
            Stamp,
            Stopwatch.GetTimestamp().ToString("D16", System.Globalization.CultureInfo.InvariantCulture),
            Number,
            number.ToString("D10", System.Globalization.CultureInfo.InvariantCulture),
            Text);
        var properties = new byte[PropertiesBytes];
        properties.AsSpan().Fill((byte)'x');
        Encoding.ASCII.GetBytes(text, properties);
        "\"}"u8.CopyTo(properties.AsSpan(PropertiesBytes - 2));
        return new("evt_0123456789abcdefghijkl", "benchmark.stamped", "/srv/the-project", "global", "ses_0123456789abcdefghijkl", -1, true, properties);
    }

    public static EntryDraft[] Make(int first, int count)
    {
        var events = new EntryDraft[count];
        for (var i = 0; i < count; i++)
            events[i] = Make(first + i);
        return events;
    }

    /// <summary>Reads stamp and number of an event.</summary>
    /// <param name="marked">From the mark on.</param>
    public static (long Stamp, int Number) Read(ReadOnlySpan<byte> marked)
    {
        var number = marked[(Stamp.Length + StampDigits + Number.Length)..];
        return Utf8Parser.TryParse(marked.Slice(Stamp.Length, StampDigits), out long stamp, out _) && Utf8Parser.TryParse(number[..NumberDigits], out int n, out _)
            ? (stamp, n)
            : throw new InvalidDataException($"Not an event of the benchmark: {Encoding.ASCII.GetString(marked)}");
    }

    public static byte[] Encode(ReadOnlySpan<EntryDraft> events)
    {
        var body = new BodyWriter();
        foreach (var one in events)
        {
            body.Reserve(one.Properties.Length + 512);
            body.Write(one);
        }

        return body.Body.ToArray();
    }
}
