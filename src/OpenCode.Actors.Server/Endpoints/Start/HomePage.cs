using OpenCode.Actors.Server.Answers;

namespace OpenCode.Actors.Server.Endpoints.Start;

/// <summary>What a browser gets at <c>/</c>: opencode serves its web application there, this server has none.</summary>
internal static class HomePage
{
    // Nothing of the request is in it.
    private static readonly string _page = $"""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>OpenCode.Actors</title>
        <h1>OpenCode.Actors {Versions.Server.Split('+')[0]}</h1>
        <p>A server with the API of opencode {Versions.Protocol}. It has no web application: use it from a terminal, with the address of this page.</p>
        <pre>npx opencode-ai@{Versions.Protocol} attach ADDRESS --dir .
        npx opencode-ai@{Versions.Protocol} run --attach ADDRESS "say hello"</pre>
        <p>Here: <a href="/doc">the description of the API</a>, <a href="/global/health">health</a>, <a href="/session">sessions</a>. More is in README.md and docs/ of the server's repository.</p>
        </html>
        """;

    public static void MapHomePage(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], static () => TypedResults.Content(_page, "text/html; charset=utf-8")).ExcludeFromDescription();
}
