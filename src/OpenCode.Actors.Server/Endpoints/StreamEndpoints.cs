using OpenCode.Actors.Server.Sse;
using Akka.Actor;
using Akka.Hosting;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Endpoints;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>The event streams: of a location, of everything, of one session.</summary>
internal static class StreamEndpoints
{
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(10);

    public static void MapEventStreams(this IEndpointRouteBuilder routes)
    {
        var streams = routes.MapGroup("").WithTags("Events").WithMetadata(StreamRoute.Mark);
        streams.MapGet("/event", OfLocationAsync).WithName("event.subscribe").Produces<string>(contentType: "text/event-stream");
        streams.MapGet("/global/event", OfEverythingAsync).WithName("global.event").Produces<string>(contentType: "text/event-stream");
        streams.MapGet("/session/{sessionID}/event", OfSessionAsync).WithName("session.event").Produces<string>(contentType: "text/event-stream");
    }

    private static Task OfLocationAsync(Location location, HttpContext context, TimeProvider time) => ServeAsync(context, time, StreamKind.Bare, location.Path, null);

    private static Task OfEverythingAsync(HttpContext context, TimeProvider time) => ServeAsync(context, time, StreamKind.Wrapped, null, null);

    private static async Task OfSessionAsync(SessionId sessionID, HttpContext context, ISessions sessions, IJournal journal, TimeProvider time)
    {
        // Its deletion after this is in the stream and ends it; the index has followed the log beyond this and knows one before.
        var head = journal.Head;
        switch (await sessions.AskAsync(new IndexQuery.Get(sessionID), context.RequestAborted))
        {
            case IndexQuery.Found { Entry.Directory: var directory }:
                await ServeAsync(context, time, StreamKind.Session, directory, sessionID.Value, head);
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
    private static Task ServeAsync(HttpContext context, TimeProvider time, StreamKind kind, string? location, string? sessionId, long beginsBy = long.MaxValue)
    {
        SseResponse.Prepare(context);
        if (BodyMiddleware.IsHead(context))
            return Task.CompletedTask;

        var hub = context.RequestServices.GetRequiredService<IRequiredActor<StreamHubActor>>().ActorRef;
        var end = context.RequestServices.GetRequiredService<ActorsEnd>();
        var socket = new KestrelSseWriter(context);
        var writer = context.RequestServices.GetRequiredService<ISseWriterFactory>().Create(context, socket);
        return ServeAsync(context, hub, end, time, socket, new StreamRequest(kind, location, sessionId, SseResponse.CursorOf(context.Request), writer) { BeginsBy = beginsBy });
    }

    private static async Task ServeAsync(HttpContext context, IActorRef hub, ActorsEnd end, TimeProvider time, KestrelSseWriter socket, StreamRequest stream)
    {
        try
        {
            if (ConnectionCount.IsOneTooMany(context) || !context.RequestServices.GetRequiredService<NodeAvailability>().Now.HasStreams || await ConnectAsync(hub, end, stream, context.RequestAborted) is not { } client)
            {
                socket.Release(); // The hub may still take a connect that timed out, and would be a second writer.
                await SseResponse.TurnAwayAsync(context, time);
                return;
            }

            // The request lasts as long as its stream.
            await using var leaving = context.RequestAborted.UnsafeRegister(static s => ((IActorRef)s!).Tell(new SseClientActor.Disconnect()), client);
            await stream.Ended;
        }
        finally
        {
            socket.Release(); // its connection is another request's from now on
        }
    }

    private static async Task<IActorRef?> ConnectAsync(IActorRef hub, ActorsEnd end, StreamRequest stream, CancellationToken cancellationToken)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        try
        {
            return await hub.Ask<object>(new StreamHubActor.Connect(stream), _connectTimeout, given.Token) is StreamHubActor.Connected connected
                ? connected.Client
                : null;
        }
        catch (Exception e) when (e is AskTimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
