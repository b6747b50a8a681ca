using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>What is asked of a store.</summary>
internal enum StoreCall
{
    Open,
    Life,
    Append,
    Look,
    Read,
    Rows,
    Listen,
    Trim,
}

/// <summary>What goes wrong with one call.</summary>
internal enum StoreFault
{
    None,

    /// <summary>The request is lost: nothing happens, no answer comes.</summary>
    QuestionLost,

    /// <summary>The answer is lost: it happened.</summary>
    AnswerLost,

    /// <summary>The question arrives after its sender gave up: it happens later, if it still can.</summary>
    ArrivesLate,

    /// <summary>Something is in the way: nothing happens, and that is answered.</summary>
    Busy,

    /// <summary>There is no room: nothing happens, and that is answered.</summary>
    Full,
}
