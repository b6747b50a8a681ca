namespace OpenCode.Actors.Protocol.Events;

/// <summary>Properties of <see cref="EventTypes.ServerConnected"/>: none.</summary>
public sealed record ServerConnected : IEventProperties
{
    string IEventProperties.EventType => EventTypes.ServerConnected;
}

/// <summary>Properties of <see cref="EventTypes.ServerHeartbeat"/>: none.</summary>
public sealed record ServerHeartbeat : IEventProperties
{
    string IEventProperties.EventType => EventTypes.ServerHeartbeat;
}

/// <summary>Properties of <see cref="EventTypes.InstanceDisposed"/>.</summary>
/// <param name="Directory">The location.</param>
public sealed record InstanceDisposed(string Directory) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.InstanceDisposed;
}

/// <summary>Properties of <see cref="EventTypes.GlobalDisposed"/>: none.</summary>
public sealed record GlobalDisposed : IEventProperties
{
    string IEventProperties.EventType => EventTypes.GlobalDisposed;
}

/// <summary>Properties of <see cref="EventTypes.ToastShown"/>.</summary>
/// <param name="Message">The text.</param>
/// <param name="Variant"><c>info</c>, <c>success</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Duration">How long it is shown, in milliseconds.</param>
public sealed record ToastShown(string Message, string Variant, int Duration = 8_000) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.ToastShown;
}

/// <summary>Properties of <see cref="EventTypes.FileEdited"/>.</summary>
/// <param name="File">The full path.</param>
public sealed record FileEdited(string File) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.FileEdited;
}

/// <summary>Properties of <see cref="EventTypes.HubGap"/>: the client missed something and should load anew what it shows.</summary>
/// <param name="Reason">One of <see cref="GapReasons"/>.</param>
/// <param name="To">The position from which the stream goes on.</param>
/// <param name="From">The cursor that was asked for, if it could be read.</param>
public sealed record HubGap(string Reason, string To, string? From = null) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.HubGap;
}

/// <summary>Why a stream could not resume at a cursor (rule "Good cursor").</summary>
public static class GapReasons
{
    /// <summary>The entries are older than what is kept.</summary>
    public const string Window = "window";

    /// <summary>The cursor is of another life of the log, or of entries that were lost with an un-synced tail.</summary>
    public const string Timeline = "timeline";

    /// <summary>The cursor is beyond the head.</summary>
    public const string Ahead = "ahead";

    /// <summary>The cursor cannot be read.</summary>
    public const string Damaged = "damaged";
}
