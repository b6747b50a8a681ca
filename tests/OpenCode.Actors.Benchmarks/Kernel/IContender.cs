namespace OpenCode.Actors.Benchmarks.Kernel;

/// <summary>A way to build actors, behind the few operations that the table needs.</summary>
internal interface IContender
{
    string Name { get; }

    /// <summary>Makes a fresh world for one measurement.</summary>
    IWorld Open();
}

/// <summary>The actors of one measurement.</summary>
internal interface IWorld : IAsyncDisposable
{
    IPeer Spawn(Func<object, ValueTask> handle);

    /// <summary>Spawns an actor that answers every question at once.</summary>
    IPeer SpawnEcho();
}

/// <summary>One actor.</summary>
internal interface IPeer
{
    void Tell(object message);

    /// <summary>Asks an echo, with a timeout.</summary>
    Task<object> Ask(object message);
}
