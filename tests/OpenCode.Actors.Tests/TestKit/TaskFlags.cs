using System.Runtime.CompilerServices;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Changes the creation options of a task that exists: where its continuations run is decided by its creator, and the seeded thread needs them inline.</summary>
internal static class TaskFlags
{
    public static void Set(Task task, TaskCreationOptions options) => Interlocked.Or(ref Flags(task), (int)options);

    /// <summary>Lets continuations run inside the call that completes the task, although its source was made to send them to the thread pool.</summary>
    public static void ContinueInline(Task task) => Interlocked.And(ref Flags(task), ~(int)TaskCreationOptions.RunContinuationsAsynchronously);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_stateFlags")]
    private static extern ref int Flags(Task task);
}
