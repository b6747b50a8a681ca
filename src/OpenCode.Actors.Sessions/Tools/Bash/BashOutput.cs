using System.Text;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>The end of one command's output, as text. Each pipe has a decoder of its own, so that a character stays whole when output of the other pipe comes between its bytes.</summary>
internal sealed class BashOutput(BashOptions options)
{
    private readonly Decoder[] _decoders = [Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder()];
    private readonly TailText _text = new(options.OutputCharacters, options.OutputLines);
    private long _bytes;
    private int _unpacedBytes;
    private int _longReports;

    /// <summary>Gets a value indicating whether the text has changed since it was reported.</summary>
    public bool HasNews { get; private set; }

    /// <summary>Gets a value indicating whether there was more than is kept.</summary>
    public bool Truncated => _text.IsCut;

    /// <summary>Gets how long the next report has to wait. Long outputs are reported more and more seldom, so that clients get little more than what is kept in the end; floods without a limit.</summary>
    public TimeSpan Interval => options.ProgressInterval * Math.Pow(2, Math.Min(_longReports, IsFlood ? 12 : 6));

    private bool IsFlood => _bytes >= options.FloodBytes;

    /// <summary>Adds what was read.</summary>
    /// <returns>Whether so much was read that the next read is to wait for <see cref="BashOptions.FloodPause"/>.</returns>
    public bool Append(OutputPipe pipe, ReadOnlySpan<byte> bytes)
    {
        HasNews |= Decode(_decoders[(int)pipe], bytes, flush: false);
        _bytes += bytes.Length;
        if (!IsFlood || (_unpacedBytes += bytes.Length) < options.FloodBytes)
            return false;

        _unpacedBytes = 0;
        return true;
    }

    /// <summary>Takes the end of the text so far for a report.</summary>
    public string TakeNews()
    {
        HasNews = false;
        var text = _text.Take();
        if (text.Length <= options.ReportCharacters)
            return text;

        // All that is kept is sent twice at the end, for the model and for people. What is on the way to be cut is shown by its last lines only.
        _longReports++;
        return "…\n" + text[TextCut.EndStart(text, Truncated ? options.FloodReportCharacters : options.ReportCharacters)..];
    }

    /// <summary>Takes the text: there is no more. A character that was begun will not be finished.</summary>
    public string Complete()
    {
        foreach (var decoder in _decoders)
            Decode(decoder, [], flush: true);
        return _text.Take();
    }

    /// <summary>Makes what the model reads of an output: above it where the rest is, below it, in words, what else it needs to go on.</summary>
    /// <param name="text">The output.</param>
    /// <param name="whole">All of it.</param>
    /// <param name="exitCode">How the command ended.</param>
    /// <param name="timedOutAfter">When it was ended for taking too long; null when it ended by itself.</param>
    public string ForModel(string text, WholeOutput whole, int? exitCode, TimeSpan? timedOutAfter)
    {
        var remark = timedOutAfter is { } timeout
            ? $"[Timed out: ended after {timeout.TotalMilliseconds:0} ms. Give a longer timeout if it needs one; {options.MaxTimeout.TotalMilliseconds:0} ms is the most.]"
            : exitCode is 0 ? "" : $"[Exit code: {exitCode}]";
        var told = remark.Length == 0 || text.Length == 0 || text.EndsWith('\n') ? text + remark : $"{text}\n{remark}";
        return Truncated ? $"{Cut(whole)}\n\n{told}" : told;
    }

    private static string Cut(WholeOutput whole) => $"[Output cut: this is its end, of {whole.Bytes} bytes. " + whole switch
    {
        { Path: null } => "The rest could not be kept.]",
        { Bytes: > WholeOutput.MostBytes } => $"Its first {WholeOutput.MostBytes >> 20} MiB are in {whole.Path}: look with grep, or read with offset and limit.]",
        _ => $"All of it is in {whole.Path}: look with grep, or read with offset and limit.]",
    };

    private bool Decode(Decoder decoder, ReadOnlySpan<byte> bytes, bool flush)
    {
        var changed = false;
        Span<char> characters = stackalloc char[1024];
        while (true)
        {
            decoder.Convert(bytes, characters, flush, out var bytesUsed, out var characterCount, out var completed);
            bytes = bytes[bytesUsed..];
            changed |= characterCount > 0;
            _text.Append(characters[..characterCount]);
            if (completed)
                return changed;
        }
    }
}
