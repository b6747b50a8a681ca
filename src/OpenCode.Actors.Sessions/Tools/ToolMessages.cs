using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>A report of a tool actor to its parent.</summary>
/// <remarks>Rule "One append outstanding": a tool has at most one report unanswered. The parent answers each <see cref="ToolStarted"/> and <see cref="ToolProgress"/> with
/// <see cref="ToolContinue"/> once it has taken it in. After its last report, <see cref="ToolEnded"/> or <see cref="ToolFailed"/>, the tool stops itself. Told
/// <see cref="StopTool"/>, it ends what it started and stops when that has gone.</remarks>
/// <param name="CallId">The call it is about.</param>
internal abstract record ToolReport(string CallId) : IDeadLetterSuppression; // A run that is stopped has closed the call already.

/// <summary>The tool has started a process. The state stores it, so that recovery can kill it after a crash.</summary>
internal sealed record ToolStarted(string CallId, ProcessMark Mark) : ToolReport(CallId);

/// <summary>The tool has new output.</summary>
/// <param name="CallId">The call it is about.</param>
/// <param name="Metadata">The metadata of the running part, whole: it replaces what was there (bash: <c>{output, description}</c>, the whole output so far).</param>
internal sealed record ToolProgress(string CallId, JsonElement Metadata) : ToolReport(CallId);

/// <summary>The tool did its work; a command's exit code other than 0 is also this.</summary>
/// <param name="CallId">The call it is about.</param>
/// <param name="Title">A line for people.</param>
/// <param name="Output">The output for the model.</param>
/// <param name="Metadata">The metadata of the completed part (bash: <c>{output, exit, truncated, description}</c>).</param>
internal sealed record ToolEnded(string CallId, string Title, string Output, JsonElement Metadata) : ToolReport(CallId)
{
    /// <summary>Gets the files that it read for the model: images.</summary>
    public IReadOnlyList<ToolFile> Files { get; init; } = [];

    /// <summary>Gets the real paths of the files that it wrote.</summary>
    public IReadOnlyList<string> Edited { get; init; } = [];

    /// <summary>Gets the new to-do list of the session; null leaves it as it is.</summary>
    public IReadOnlyList<Todo>? Todos { get; init; }
}

/// <summary>A file for the model.</summary>
/// <param name="MimeType">Its type, such as <c>image/png</c>.</param>
/// <param name="Filename">Its name.</param>
/// <param name="Url">A <c>data:</c> URL with its bytes.</param>
internal sealed record ToolFile(string MimeType, string Filename, string Url);

/// <summary>The tool could not do its work.</summary>
/// <param name="CallId">The call it is about.</param>
/// <param name="Error">What went wrong, for the model and the user to read.</param>
internal sealed record ToolFailed(string CallId, string Error) : ToolReport(CallId)
{
    /// <summary>Gets a value indicating whether the turn ends with it: the model does not go on by itself.</summary>
    public bool EndsTurn { get; init; }
}

/// <summary>A stopping tool has left its wait as it is: the call continues after the next start.</summary>
internal sealed record ToolLeft(string CallId) : ToolReport(CallId);

/// <summary>The parent's answer to a report: the tool may send the next.</summary>
internal sealed record ToolContinue : IDeadLetterSuppression;

/// <summary>Ends a tool in order: its actor stops when all processes that it started have ended, or when that takes too long. A hard stop does not wait.</summary>
internal sealed record StopTool : IDeadLetterSuppression
{
    private StopTool(bool sparesWaits) => SparesWaits = sparesWaits;

    /// <summary>Gets the one that ends all.</summary>
    public static StopTool Instance { get; } = new(sparesWaits: false);

    /// <summary>Gets the one of a server that stops.</summary>
    public static StopTool SparingWaits { get; } = new(sparesWaits: true);

    /// <summary>Gets a value indicating whether a child that only waits for its user is left: the tool says so with <see cref="ToolLeft"/>.</summary>
    public bool SparesWaits { get; }
}
