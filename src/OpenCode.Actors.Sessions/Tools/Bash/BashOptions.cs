using OpenCode.Actors.Sessions.Tools.Outputs;

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

    /// <summary>Gets or sets how much of the output is kept, in characters (UTF-16 code units): its end.</summary>
    /// <value>30,000 by default, as in opencode.</value>
    public int OutputCharacters { get; set; } = TailText.MostCharacters;

    /// <summary>Gets or sets how many lines of the output are kept: the last ones.</summary>
    /// <value>2,000 by default, as in opencode.</value>
    public int OutputLines { get; set; } = TailText.MostLines;

    /// <summary>Gets or sets how much of the output a report holds while the command runs: its end.</summary>
    /// <value>2,000 characters by default. Clients show a few lines.</value>
    public int ReportCharacters { get; set; } = 2_000;

    /// <summary>Gets or sets how much of an output that is longer than what is kept a report holds: its end.</summary>
    /// <value>500 characters by default.</value>
    public int FloodReportCharacters { get; set; } = 500;

    /// <summary>Gets or sets the least time between two reports of output. It doubles with each report of an output that is longer than a report, up to 64 times, for a flood up to 4,096 times.</summary>
    /// <value>50 ms by default.</value>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets or sets how long output is still taken after the shell has ended and left a background process that holds it open.</summary>
    /// <value>500 ms by default. Then the call ends; what is in the background goes on.</value>
    public TimeSpan Drain { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets or sets after how much output a command is a flood, and how much of one is read before a pause.</summary>
    /// <value>1 MiB by default.</value>
    public int FloodBytes { get; set; } = 1024 * 1024;

    /// <summary>Gets or sets that pause.</summary>
    /// <value>20 ms by default: the command goes on, at tens of MB a second, and a flood costs little.</value>
    public TimeSpan FloodPause { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Gets or sets how long a tool that is stopped waits for the end of its process group.</summary>
    /// <value>1.5 s by default: the grace of a kill (500 ms) and as much again for a slow machine, within the 2 s that a stopping server gives its turns.</value>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromMilliseconds(1_500);
}
