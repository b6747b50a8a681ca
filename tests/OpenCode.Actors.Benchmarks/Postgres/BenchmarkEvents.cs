using System.Globalization;
using System.Text;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Segments;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Events of 300 B, the same on both sides.</summary>
internal static class BenchmarkEvents
{
    private const int PropertiesBytes = 300;

    public static EntryDraft[] Make(int first, int count)
    {
        var events = new EntryDraft[count];
        for (var i = 0; i < count; i++)
            events[i] = Make(first + i);
        return events;
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

    private static EntryDraft Make(int number)
    {
        var properties = new byte[PropertiesBytes];
        properties.AsSpan().Fill((byte)'x');
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{number:D10},\"text\":\""), properties);
        "\"}"u8.CopyTo(properties.AsSpan(PropertiesBytes - 2));
        return new("evt_0123456789abcdefghijkl", "benchmark.numbered", "/srv/the-project", "global", "ses_0123456789abcdefghijkl", -1, true, properties);
    }
}
