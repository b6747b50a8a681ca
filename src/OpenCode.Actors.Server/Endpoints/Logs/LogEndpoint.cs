using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Bodies;

namespace OpenCode.Actors.Server.Endpoints.Logs;

/// <summary>Writes lines of clients into the server's log.</summary>
internal static partial class LogEndpoint
{
    private const int LongestText = 4_096;

    public static void MapLog(this IEndpointRouteBuilder routes) => routes.MapPost("/log", Write).WithName("app.log").WithTags("Logs").Produces<bool>();

    private static IResult Write(Body<ClientLine> body, ILoggerFactory loggers)
    {
        var request = body.Value;
        if (LevelOf(request.Level) is not { } level)
            return Refusals.BadBody("Give debug, info, warn or error\n  at [\"level\"]");

        var logger = loggers.CreateLogger(nameof(LogEndpoint));
        var (service, text) = (Short(request.Service), Short(request.Message));
        LogOfClient(logger, level, service, text);

        return TypedResults.Ok(true);
    }

    private static LogLevel? LevelOf(string level) => level switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => null,
    };

    // One line, whatever a client sends.
    private static string Short(string text) => TextCut.Start(text, LongestText).ReplaceLineEndings(" ");

    [LoggerMessage(EventId = 5041, Message = "A client says ({Service}): {Text}")]
    private static partial void LogOfClient(ILogger logger, LogLevel level, string service, string text);
}
