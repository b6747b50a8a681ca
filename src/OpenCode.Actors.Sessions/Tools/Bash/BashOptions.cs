namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>Timings and limits of the bash tool.</summary>
internal sealed class BashOptions
{
    /// <summary>Gets or sets how long a command may run when its call does not say.</summary>
    /// <value>120 s by default.</value>
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets how long a command may run at most, whatever its call says.</summary>
    /// <value>600 s by default.</value>
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets how much of the output is kept, in characters (UTF-16 code units).</summary>
    /// <value>30,000 by default, as in opencode.</value>
    public int OutputCharacters { get; set; } = 30_000;

    /// <summary>Gets or sets the least time between two reports of output. Each carries the whole output so far.</summary>
    /// <value>50 ms by default.</value>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets or sets how long output is still taken after the shell has ended and left a background process that holds it open.</summary>
    /// <value>500 ms by default. Then the group is ended.</value>
    public TimeSpan Drain { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets or sets how much output beyond the cap is thrown away before a pause.</summary>
    /// <value>1 MiB by default.</value>
    public int DiscardBytes { get; set; } = 1024 * 1024;

    /// <summary>Gets or sets that pause.</summary>
    /// <value>20 ms by default: the command goes on, at tens of MB a second, and a flood costs little.</value>
    public TimeSpan DiscardPause { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Gets or sets how long a tool that is stopped waits for the end of its process group.</summary>
    /// <value>1.5 s by default: the grace of a kill (500 ms) and as much again for a slow machine, within the 2 s that a stopping server gives its turns.</value>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromMilliseconds(1_500);
}
