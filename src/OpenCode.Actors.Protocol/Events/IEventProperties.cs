namespace OpenCode.Actors.Protocol.Events;

/// <summary>The properties of an event. Each event we send has a record of its own.</summary>
public interface IEventProperties
{
    /// <summary>Gets the event's type, one of <see cref="EventTypes"/>. Not part of the properties on the wire.</summary>
    string EventType { get; }
}
