using System.Globalization;
using System.Text;

namespace OpenCode.Actors.Server.Metrics;

/// <summary>Writes metrics in the Prometheus text format 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var sameName in families.Where(f => f.Series.Count > 0).GroupBy(NameOf, StringComparer.Ordinal))
        {
            var first = sameName.First();
            text.Append("# HELP ").Append(sameName.Key).Append(' ').Append(Escape(first.Instrument.Description ?? "", quotes: false)).Append('\n');
            text.Append("# TYPE ").Append(sameName.Key).Append(' ').Append(first.IsHistogram ? "histogram" : first.IsCounter ? "counter" : "gauge").Append('\n');
            foreach (var family in sameName)
            {
                foreach (var series in family.Series)
                    WriteSeries(text, sameName.Key, family, series);
            }
        }

        return text.ToString();
    }

    private static void WriteSeries(StringBuilder text, string name, MetricFamily family, MetricSeries series)
    {
        var (value, count, buckets) = series.Read();
        if (!family.IsHistogram)
        {
            Line(text, name, series.Tags, le: null, value);
            return;
        }

        var below = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            Line(text, name + "_bucket", series.Tags, i < family.Boundaries.Count ? Number(family.Boundaries[i]) : "+Inf", below);
        }

        Line(text, name + "_sum", series.Tags, le: null, value);
        Line(text, name + "_count", series.Tags, le: null, count);
    }

    private static void Line(StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, object?>> tags, string? le, double value)
    {
        text.Append(name);
        var separator = '{';
        foreach (var (key, tag) in tags)
        {
            text.Append(separator).Append(Sanitize(key)).Append("=\"").Append(Escape(Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "", quotes: true)).Append('"');
            separator = ',';
        }

        if (le is not null)
        {
            text.Append(separator).Append("le=\"").Append(le).Append('"');
            separator = ',';
        }

        text.Append(separator == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    // The unit belongs to the name, and what only rises ends in _total.
    private static string NameOf(MetricFamily family)
    {
        var name = Sanitize(family.Instrument.Name);
        var unit = family.Instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return family.IsCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string Sanitize(string name) => string.Create(name.Length, name, static (span, from) =>
    {
        for (var i = 0; i < from.Length; i++)
            span[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
    });

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }
}
