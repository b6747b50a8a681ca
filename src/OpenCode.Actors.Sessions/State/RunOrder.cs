using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Titles;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.State;

/// <summary>An order that the session's actor executes after the commit of its decision: state is durable before it has effects outside.</summary>
/// <param name="Run">The run it is about. An order for a run whose turn is over is dropped.</param>
internal abstract record RunOrder(RunId Run);

/// <summary>Start a run that only waits.</summary>
internal sealed record HoldRun(RunId Run) : RunOrder(Run);

/// <summary>Call the model for the next step.</summary>
/// <param name="Run">The run.</param>
/// <param name="Model">The model.</param>
/// <param name="Request">Its request, without the texts that are read from files for it.</param>
/// <param name="Scope">The location and rules that select its tools; null for a step without tools.</param>
/// <param name="PromptContext">What the system prompt depends on; null when the request is complete.</param>
/// <param name="Files">Where a snapshot of the files begins the answer; null for none.</param>
/// <param name="Snapshot">That snapshot, if it is there already.</param>
internal sealed record BeginStep(RunId Run, IChatModel Model, ModelRequest Request, ToolScope? Scope = null, PromptContext? PromptContext = null, SnapshotPlace? Files = null, string? Snapshot = null) : RunOrder(Run);

/// <summary>Start a tool.</summary>
internal sealed record StartTool(RunId Run, ToolCall Call, ToolContext Context) : RunOrder(Run);

/// <summary>Take the snapshot of the files at the end of a step.</summary>
/// <param name="Run">The run of the turn that waits for it; none when the turn is closed.</param>
/// <param name="Message">The message of the step.</param>
/// <param name="Place">The worktree.</param>
/// <param name="Work">What the step did.</param>
internal sealed record TakeStepSnapshot(RunId Run, MessageId Message, SnapshotPlace Place, StepWork Work) : RunOrder(Run);

/// <summary>Restore the files of a stored undo.</summary>
internal sealed record RestoreFiles(UndoPlan Plan) : RunOrder(default(RunId));

/// <summary>The session is deleted: end the background processes of its commands.</summary>
internal sealed record EndBackground() : RunOrder(default(RunId));

/// <summary>Get the session's title, beside its turn.</summary>
internal sealed record BeginTitle(TitleActor.Request Request) : RunOrder(default(RunId));

/// <summary>The turn is over: stop the run.</summary>
internal sealed record EndRun(RunId Run) : RunOrder(Run);
