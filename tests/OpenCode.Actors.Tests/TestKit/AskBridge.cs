using System.Reflection;
using Akka.Actor;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Makes the answer of an ask a step.</summary>
/// <remarks>
/// Akka completes an ask through a source that sends its continuations to the thread pool. Each new ask gets another source here; its completion is a step, which completes
/// the source that the caller waits for, without that flag.
/// </remarks>
internal sealed class AskBridge
{
    private readonly SeededSystem _system;
    private readonly Func<bool> _hasAsks;
    private readonly Action<Action<IInternalActorRef>> _forEach;
    private readonly HashSet<object> _joined = new(ReferenceEqualityComparer.Instance);

    public AskBridge(SeededSystem system)
    {
        _system = system;

        // The container's class is internal.
        var asks = ((LocalActorRefProvider)((ExtendedActorSystem)system.System).Provider).TempContainer;
        _hasAsks = asks.GetType().GetProperty("HasChildren")!.GetMethod!.CreateDelegate<Func<bool>>(asks);
        _forEach = asks.GetType().GetMethod("ForEachChild")!.CreateDelegate<Action<Action<IInternalActorRef>>>(asks);
    }

    private interface IJoin
    {
        void Join(SeededSystem system, IInternalActorRef ask);
    }

    /// <summary>Finds the asks that were begun since the last call.</summary>
    public void JoinNew()
    {
        if (_hasAsks())
            _forEach(JoinOnce);
        else if (_joined.Count > 0)
            _joined.Clear();
    }

    private void JoinOnce(IInternalActorRef ask)
    {
        if (!_joined.Add(ask))
            return;

        for (var type = ask.GetType(); type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(FutureActorRef<>))
                ((IJoin)Activator.CreateInstance(typeof(Join<>).MakeGenericType(type.GetGenericArguments()))!).Join(_system, ask);
        }
    }

    private sealed class Join<T> : IJoin
    {
        private static readonly FieldInfo _result = typeof(FutureActorRef<T>).GetField("_result", BindingFlags.NonPublic | BindingFlags.Instance)
            ?? throw new MissingFieldException("FutureActorRef<T>._result: this version of Akka keeps the result of an ask elsewhere.");

        void IJoin.Join(SeededSystem system, IInternalActorRef ask)
        {
            var callers = (TaskCompletionSource<T>)_result.GetValue(ask)!;
            if (callers.Task.IsCompleted)
                return;

            TaskFlags.ContinueInline(callers.Task);
            var ours = new TaskCompletionSource<T>();
            _result.SetValue(ask, ours);
            _ = ours.Task.ContinueWith(
                answer => system.Outside("answer of an ask", () => callers.TrySetFromTask(answer)),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
