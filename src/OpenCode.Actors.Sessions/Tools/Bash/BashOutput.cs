namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>The output of one command: kept up to a limit, and beyond it thrown away at a pace that keeps a flood cheap.</summary>
internal sealed class BashOutput(BashOptions options)
{
    private readonly ToolOutput _output = new(options.OutputCharacters);
    private int _discardedBytes;

    /// <summary>Gets a value indicating whether the text has changed since it was reported.</summary>
    public bool HasNews { get; private set; }

    /// <summary>Gets a value indicating whether there was more than the limit.</summary>
    public bool Truncated => _output.Truncated;

    /// <summary>Adds what was read.</summary>
    /// <returns>Whether so much was thrown away that the next read is to wait for <see cref="BashOptions.DiscardPause"/>.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        HasNews |= _output.Append(bytes);
        if (!Truncated || (_discardedBytes += bytes.Length) < options.DiscardBytes)
            return false;

        _discardedBytes = 0;
        return true;
    }

    /// <summary>Takes the text so far for a report.</summary>
    public string TakeNews()
    {
        HasNews = false;
        return _output.Text;
    }

    /// <summary>Takes the whole text: there is no more.</summary>
    public string Complete()
    {
        _output.Complete();
        return _output.Text;
    }

    /// <summary>Makes what the model reads of an output: the text, and below it, in words, what else it needs to go on.</summary>
    /// <param name="text">The output.</param>
    /// <param name="exitCode">How the command ended.</param>
    /// <param name="timedOutAfter">When it was ended for taking too long; null when it ended by itself.</param>
    public string ForModel(string text, int? exitCode, TimeSpan? timedOutAfter)
    {
        var remark = timedOutAfter is { } timeout
            ? $"[Timed out: ended after {timeout.TotalMilliseconds:0} ms. Give a longer timeout if it needs one; {options.MaxTimeout.TotalMilliseconds:0} ms is the most.]"
            : exitCode is 0 ? "" : $"[Exit code: {exitCode}]";
        return remark.Length == 0 || text.Length == 0 || text.EndsWith('\n') ? text + remark : $"{text}\n{remark}";
    }
}
