using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>What is asked of an arbiter.</summary>
internal enum ArbiterCall
{
    Admit,
    ConfirmUp,
    Look,
    DeclareDead,
    Claim,
    ReadShards,
    Leave,
}

/// <summary>What goes wrong with one call.</summary>
internal enum ArbiterFault
{
    None,

    /// <summary>The question is lost: nothing happens, no answer comes.</summary>
    QuestionLost,

    /// <summary>The answer is lost: it happened.</summary>
    AnswerLost,
}
