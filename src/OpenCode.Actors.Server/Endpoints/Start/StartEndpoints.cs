using System.Text;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Server.Endpoints.Start;

/// <summary>Routes that clients read at their start, for features that this server does not have: each answer is an empty one. A client without an answer shows an empty screen for ever.</summary>
internal static class StartEndpoints
{
    private static readonly (string Path, string Name, string Body)[] _fixed =
    [
        ("/api/health", "v2.health.get", """{"healthy":true}"""),
        ("/api/session", "v2.session.list", """{"data":[],"cursor":{"previous":null,"next":null}}"""),
        ("/experimental/capabilities", "experimental.capabilities.get", """{"backgroundSubagents":false}"""),
        ("/experimental/console", "experimental.console.get", """{"consoleManagedProviders":[],"switchableOrgCount":0}"""),
        ("/experimental/console/orgs", "experimental.console.listOrgs", """{"orgs":[]}"""),
        ("/experimental/workspace", "experimental.workspace.list", "[]"),
        ("/experimental/workspace/adapter", "experimental.workspace.adapter.list", "[]"),
        ("/experimental/workspace/status", "experimental.workspace.status", "[]"),
        ("/experimental/worktree", "worktree.list", "[]"),
        ("/formatter", "formatter.status", "[]"),
        ("/lsp", "lsp.status", "[]"),
        ("/provider/auth", "provider.auth", "{}"),
        ("/pty", "pty.list", "[]"),
    ];

    private static readonly string[] _emptyLists = ["agent", "command", "integration", "model", "provider", "reference", "skill"];

    public static void MapStart(this IEndpointRouteBuilder routes)
    {
        foreach (var (path, name, body) in _fixed)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            routes.MapGet(path, () => TypedResults.Bytes(bytes, "application/json; charset=utf-8")).WithName(name).WithTags("Start").Produces<object>();
        }

        foreach (var list in _emptyLists)
        {
            routes.MapGet($"/api/{list}", async (Location location, ProjectCatalog projects) =>
                TypedResults.Ok(new EmptyList(LocationAnswer.Of(location, await projects.ProjectOfAsync(location)), []))).WithName($"v2.{list}.list").WithTags("Start");
        }
    }
}
