using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Clustering.Entry;

/// <summary>The refusals of the entry. Each says whether the command may have been carried out.</summary>
internal static class Refusals
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>No copy of the command has left this node.</summary>
    public static Unavailable Untouched(string reason) => new($"{reason} Nothing was changed. Send the command again.", _retryAfter);

    /// <summary>A copy of the command was sent and not answered.</summary>
    public static Unavailable Unanswered(string reason) => new(
        $"{reason} Whether the command was carried out is unknown: send it again under the same Idempotency-Key or messageID, or read the session.", _retryAfter);

    /// <summary>The command is larger than anything that is taken: the caller's mistake.</summary>
    public static object TooLarge(ISessionCommand command, long bytes, long maxBytes)
    {
        var reason = $"The command has {bytes} bytes; {maxBytes} may cross nodes. Nothing was changed. Give files by their path in the project instead of their content.";
        return command is TakePrompt or RunShell ? new PromptRejected(reason) : new CommandFailed(reason);
    }
}
