using Akka.Event;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>The last <see cref="RunActor.Report"/> is durable: the next may come.</summary>
internal sealed record RunContinue : IDeadLetterSuppression
{
    private RunContinue()
    {
    }

    /// <summary>Gets the one instance.</summary>
    public static RunContinue Instance { get; } = new();
}
