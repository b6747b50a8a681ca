using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Endpoints;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Server.Sse;

/// <summary>The event streams: of a location, of everything, of one session.</summary>
internal static class StreamEndpoints
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    public static void MapEventStreams(this IEndpointRouteBuilder routes)
    {
        var streams = routes.MapGroup("").WithTags("Events").WithMetadata(StreamRoute.Mark);
        streams.MapGet("/event", OfLocationAsync).WithName("event.subscribe").Produces<string>(contentType: "text/event-stream");
        streams.MapGet("/global/event", OfEverythingAsync).WithName("global.event").Produces<string>(contentType: "text/event-stream");
        streams.MapGet("/session/{sessionID}/event", OfSessionAsync).WithName("session.event").Produces<string>(contentType: "text/event-stream");
    }

    private static Task OfLocationAsync(Location location, HttpContext context, TimeProvider time) => ServeAsync(context, time, StreamKind.Bare, location.Path, null);

    private static Task OfEverythingAsync(HttpContext context, TimeProvider time) => ServeAsync(context, time, StreamKind.Wrapped, null, null);

    private static async Task OfSessionAsync(SessionId sessionID, HttpContext context, ISessions sessions, TimeProvider time)
    {
        switch (await sessions.AskAsync(new SessionsActor.Get(sessionID), context.RequestAborted))
        {
            case SessionsActor.Found { Entry.Directory: var directory }:
                await ServeAsync(context, time, StreamKind.Session, directory, sessionID.Value);
                break;
            case SessionNotFound missing:
                await SessionRefusals.Of(missing).ExecuteAsync(context);
                break;
            default:
                SseResponse.Prepare(context);
                await SseResponse.TurnAwayAsync(context, time);
                break;
        }
    }

    // What an idle stream keeps is what its task holds on to: the two, and no more.
    private static Task ServeAsync(HttpContext context, TimeProvider time, StreamKind kind, string? location, string? sessionId)
    {
        SseResponse.Prepare(context);
        if (BodyMiddleware.IsHead(context))
            return Task.CompletedTask;

        var subscribers = context.RequestServices.GetRequiredService<IRequiredActor<SubscribersActor>>().ActorRef;
        var writer = new KestrelSseWriter(context);
        return ServeAsync(context, subscribers, time, writer, new StreamRequest(kind, location, sessionId, SseResponse.CursorOf(context.Request), writer));
    }

    private static async Task ServeAsync(HttpContext context, IActorRef subscribers, TimeProvider time, KestrelSseWriter writer, StreamRequest stream)
    {
        try
        {
            if (ConnectionCount.IsOneTooMany(context) || await ConnectAsync(subscribers, stream, context.RequestAborted) is not { } subscriber)
            {
                await SseResponse.TurnAwayAsync(context, time);
                return;
            }

            // The request lasts as long as its stream.
            await using var leaving = context.RequestAborted.UnsafeRegister(static s => ((IActorRef)s!).Tell(SubscriberActor.Disconnect.Instance), subscriber);
            await stream.Ended;
        }
        finally
        {
            writer.Release(); // its connection is another request's from now on
        }
    }

    private static async Task<IActorRef?> ConnectAsync(IActorRef subscribers, StreamRequest stream, CancellationToken cancellationToken)
    {
        try
        {
            return await subscribers.Ask<object>(new SubscribersActor.Connect(stream), _patience, cancellationToken) is SubscribersActor.Connected connected
                ? connected.Subscriber
                : null;
        }
        catch (Exception e) when (e is AskTimeoutException or TargetTerminatedException or MailboxOverflowException)
        {
            return null;
        }
    }
}
