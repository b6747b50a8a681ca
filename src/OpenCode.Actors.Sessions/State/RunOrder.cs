using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Titles;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.State;

/// <summary>What the session's actor does about the run once the decision is committed: durable before anything is done in the world.</summary>
/// <param name="Run">The run it is about. An order for a run whose turn is over is dropped.</param>
internal abstract record RunOrder(RunId Run);

/// <summary>Have a run that waits.</summary>
internal sealed record HoldRun(RunId Run) : RunOrder(Run);

/// <summary>Let the model make its next step.</summary>
/// <param name="Run">The run.</param>
/// <param name="Model">The model.</param>
/// <param name="Request">What it is asked, without what is read from files for it.</param>
/// <param name="Offer">To whom its tools are offered; null when there are none.</param>
/// <param name="Briefing">What the system prompt is made from; null when the request has all.</param>
/// <param name="Files">Where a snapshot of the files begins the answer; null for none.</param>
/// <param name="Snapshot">That snapshot, if it is there already.</param>
internal sealed record BeginStep(RunId Run, IChatModel Model, ModelRequest Request, ToolOffer? Offer = null, Briefing? Briefing = null, SnapshotPlace? Files = null, string? Snapshot = null) : RunOrder(Run);

/// <summary>Start a tool.</summary>
internal sealed record StartTool(RunId Run, ToolCall Call, ToolContext Context) : RunOrder(Run);

/// <summary>Take the snapshot of the files at the end of a step.</summary>
/// <param name="Run">The run of the turn that waits for it; none when the turn is closed.</param>
/// <param name="Message">The message of the step.</param>
/// <param name="Place">The worktree.</param>
/// <param name="From">The snapshot at the start of the step.</param>
/// <param name="Since">The snapshot at the start of the turn.</param>
internal sealed record KeepFiles(RunId Run, MessageId Message, SnapshotPlace Place, string From, string Since) : RunOrder(Run);

/// <summary>Set the files of an undo that is noted.</summary>
internal sealed record SetFiles(UndoPlan Plan) : RunOrder(default(RunId));

/// <summary>The session is deleted: end what its commands left in the background.</summary>
internal sealed record EndBackground() : RunOrder(default(RunId));

/// <summary>Ask for the session's title, beside its turn.</summary>
internal sealed record BeginTitle(TitleActor.Request Request) : RunOrder(default(RunId));

/// <summary>The turn is over: stop the run.</summary>
internal sealed record EndRun(RunId Run) : RunOrder(Run);
