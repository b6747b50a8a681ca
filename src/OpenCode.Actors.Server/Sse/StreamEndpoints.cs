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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void MapEventStreams(this IEndpointRouteBuilder routes)
    {
        var streams = routes.MapGroup("").WithTags("Events").WithMetadata(StreamRoute.Mark);
        streams.MapGet("/event", OfLocationAsync).WithName("event.subscribe").Produces<string>(contentType: "text/event-stream");
        streams.MapGet("/global/event", OfEverythingAsync).WithName("global.event").Produces<string>(contentType: "text/event-stream");
        streams.MapGet("/session/{sessionID}/event", OfSessionAsync).WithName("session.event").Produces<string>(contentType: "text/event-stream");
    }

    private static Task OfLocationAsync(Location location, HttpContext context, IRequiredActor<SubscribersActor> subscribers, TimeProvider time) =>
        ServeAsync(context, subscribers.ActorRef, time, writer => new StreamRequest(StreamKind.Bare, location.Path, null, SseResponse.CursorOf(context.Request), writer));

    private static Task OfEverythingAsync(HttpContext context, IRequiredActor<SubscribersActor> subscribers, TimeProvider time) =>
        ServeAsync(context, subscribers.ActorRef, time, writer => new StreamRequest(StreamKind.Wrapped, null, null, SseResponse.CursorOf(context.Request), writer));

    private static async Task OfSessionAsync(SessionId sessionID, HttpContext context, ISessions sessions, IRequiredActor<SubscribersActor> subscribers, TimeProvider time)
    {
        switch (await sessions.AskAsync(new SessionsActor.Get(sessionID), context.RequestAborted))
        {
            case SessionsActor.Found { Entry.Directory: var directory }:
                await ServeAsync(
                    context, subscribers.ActorRef, time,
                    writer => new StreamRequest(StreamKind.Session, directory, sessionID.Value, SseResponse.CursorOf(context.Request), writer));
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

    private static async Task ServeAsync(HttpContext context, IActorRef subscribers, TimeProvider time, Func<KestrelSseWriter, StreamRequest> request)
    {
        SseResponse.Prepare(context);
        if (BodyMiddleware.IsHead(context))
        {
            return;
        }

        var writer = new KestrelSseWriter(context);
        try
        {
            var stream = request(writer);
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
            return await subscribers.Ask<object>(new SubscribersActor.Connect(stream), Patience, cancellationToken) is SubscribersActor.Connected connected
                ? connected.Subscriber
                : null;
        }
        catch (Exception e) when (e is AskTimeoutException or TargetTerminatedException or MailboxOverflowException)
        {
            return null;
        }
    }
}
