namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Calls into Akka.TestKit that wait on the thread of the test for an actor to start.</summary>
internal static class InlineCalls
{
    public static T DoInline<T>(this SeededSystem system, Func<T> function)
    {
        // Akka.TestKit leaves a context of its own on the thread.
        var context = SynchronizationContext.Current;
        system.BeginInline();
        try
        {
            return function();
        }
        finally
        {
            system.EndInline();
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
