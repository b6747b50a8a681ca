using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Errors;

/// <summary>The body of most errors: <c>{name, data:{message, ..}}</c>. The status is the endpoint's choice.</summary>
/// <param name="Name">The kind of error; clients choose by it.</param>
/// <param name="Data">Message and details.</param>
public sealed record NamedError(string Name, NamedErrorData Data)
{
    /// <summary>404: there is no such session.</summary>
    /// <param name="id">The session asked for.</param>
    /// <returns>The body.</returns>
    public static NamedError NotFound(SessionId id) => NotFound($"Session not found: {id}");

    /// <summary>404: there is no such message.</summary>
    /// <param name="id">The message asked for.</param>
    /// <returns>The body.</returns>
    public static NamedError NotFound(MessageId id) => NotFound($"Message not found: {id}");

    /// <summary>404: there is no such thing.</summary>
    /// <param name="message">What was asked for.</param>
    /// <returns>The body.</returns>
    public static NamedError NotFound(string message) => new("NotFoundError", new NamedErrorData(message));

    /// <summary>400: the request cannot be understood.</summary>
    /// <param name="message">What is wrong with it.</param>
    /// <param name="kind">Where: one of <see cref="BadRequestKinds"/>.</param>
    /// <returns>The body.</returns>
    public static NamedError BadRequest(string message, string? kind = null) => new("BadRequest", new NamedErrorData(message) { Kind = kind });

    /// <summary>503: not now; the answer has <c>Retry-After</c>.</summary>
    /// <param name="reason">Why, and what was or was not done.</param>
    /// <returns>The body.</returns>
    public static NamedError Overloaded(string reason) => new("OverloadedError", new NamedErrorData(reason));

    /// <summary>501: the route is opencode's, and we do not have it.</summary>
    /// <param name="route">Method and path.</param>
    /// <returns>The body.</returns>
    public static NamedError NotImplemented(string route) =>
        new("NotImplementedError", new NamedErrorData($"This server does not implement {route}."));

    /// <summary>507: the disk is full. Reads and streams go on.</summary>
    /// <param name="freeBytes">What is left; null where the disk is a database's, which does not say.</param>
    /// <param name="neededBytes">What the command needed.</param>
    /// <returns>The body.</returns>
    public static NamedError InsufficientStorage(long? freeBytes, long neededBytes) =>
        new("InsufficientStorageError", new NamedErrorData(freeBytes is null
            ? $"The disk of the database is full: {neededBytes} bytes are needed. Nothing was changed; make room and try again."
            : $"The data folder is full: {freeBytes} bytes free, {neededBytes} needed. Nothing was changed; make room and try again.")
        {
            FreeBytes = freeBytes,
            NeededBytes = neededBytes,
        });

    /// <summary>500: a fault of ours.</summary>
    /// <param name="reference">A name under which the server's log has more.</param>
    /// <returns>The body.</returns>
    public static NamedError Unknown(string reference) =>
        new("UnknownError", new NamedErrorData("Unexpected server error. The server's log has more under this ref.") { Ref = reference });
}

/// <summary>Details of a <see cref="NamedError"/>.</summary>
/// <param name="Message">The text for people: what happened and what to do next.</param>
public sealed record NamedErrorData(string Message)
{
    /// <summary>Gets which piece of the request is wrong: one of <see cref="BadRequestKinds"/>.</summary>
    public string? Kind { get; init; }

    /// <summary>Gets a name under which the server's log has more.</summary>
    public string? Ref { get; init; }

    /// <summary>Gets what is left in the data folder.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Gets what the command needed.</summary>
    public long? NeededBytes { get; init; }
}

/// <summary>The pieces of a request that can be wrong.</summary>
public static class BadRequestKinds
{
    /// <summary>The body.</summary>
    public const string Payload = "Payload";

    /// <summary>A piece of the path.</summary>
    public const string Params = "Params";

    /// <summary>The query.</summary>
    public const string Query = "Query";

    /// <summary>A header.</summary>
    public const string Headers = "Headers";
}
