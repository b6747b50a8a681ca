using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Protocol.Parts;

/// <summary>The model was asked.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
public sealed record StepStartPart(PartId Id, SessionId SessionId, MessageId MessageId) : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "step-start";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets the snapshot of the files before the step.</summary>
    public string? Snapshot { get; init; }
}

/// <summary>The model has answered.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="Reason">Why it ended: <c>stop</c>, <c>tool-calls</c>, <c>length</c> ...</param>
/// <param name="Cost">The cost in US dollars.</param>
/// <param name="Tokens">The tokens used.</param>
public sealed record StepFinishPart(PartId Id, SessionId SessionId, MessageId MessageId, string Reason, decimal Cost, Tokens Tokens)
    : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "step-finish";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets the snapshot of the files after the step.</summary>
    public string? Snapshot { get; init; }
}

/// <summary>Files that a step changed.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="Hash">The snapshot before the change.</param>
/// <param name="Files">Full paths.</param>
public sealed record PatchPart(PartId Id, SessionId SessionId, MessageId MessageId, string Hash, IReadOnlyList<string> Files)
    : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "patch";

    /// <inheritdoc/>
    public override string Type => TypeName;
}
