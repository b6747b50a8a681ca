using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
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
internal sealed record BeginStep(RunId Run, IChatModel Model, ModelRequest Request, ToolOffer? Offer = null, Briefing? Briefing = null) : RunOrder(Run);

/// <summary>Start a tool.</summary>
internal sealed record StartTool(RunId Run, ToolCall Call, ToolContext Context) : RunOrder(Run);

/// <summary>The session is deleted: end what its commands left in the background.</summary>
internal sealed record EndBackground() : RunOrder(default(RunId));

/// <summary>Ask for the session's title, beside its turn.</summary>
internal sealed record BeginTitle(TitleActor.Request Request) : RunOrder(default(RunId));

/// <summary>The turn is over: stop the run.</summary>
internal sealed record EndRun(RunId Run) : RunOrder(Run);
