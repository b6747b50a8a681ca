using System.Collections.Frozen;

namespace OpenCode.Actors.Server.Routes;

/// <summary>Every route of opencode 1.18.33, so that a missing route is refused as not served, and not as unknown.</summary>
internal static class OpenCodeRoutes
{
    // Methods and path, one path a line. "*" stands for one or more segments.
    private const string Table = """
        GET /agent
        GET /api/agent
        GET /api/command
        PATCH,DELETE /api/credential/{credentialID}
        GET /api/event
        GET /api/fs/find
        GET /api/fs/list
        GET /api/fs/read/*
        GET /api/health
        GET /api/integration
        GET,DELETE /api/integration/attempt/{attemptID}
        POST /api/integration/attempt/{attemptID}/complete
        GET /api/integration/{integrationID}
        POST /api/integration/{integrationID}/connect/key
        POST /api/integration/{integrationID}/connect/oauth
        GET /api/location
        GET /api/model
        GET /api/permission/request
        GET /api/permission/saved
        DELETE /api/permission/saved/{id}
        GET /api/provider
        GET /api/provider/{providerID}
        GET,POST /api/pty
        GET,PUT,DELETE /api/pty/{ptyID}
        GET /api/pty/{ptyID}/connect
        POST /api/pty/{ptyID}/connect-token
        GET /api/question/request
        GET /api/reference
        GET,POST /api/session
        GET /api/session/active
        GET /api/session/{sessionID}
        POST /api/session/{sessionID}/agent
        POST /api/session/{sessionID}/compact
        GET /api/session/{sessionID}/context
        GET /api/session/{sessionID}/event
        GET /api/session/{sessionID}/history
        POST /api/session/{sessionID}/interrupt
        GET /api/session/{sessionID}/message
        GET /api/session/{sessionID}/message/{messageID}
        POST /api/session/{sessionID}/model
        POST,GET /api/session/{sessionID}/permission
        GET /api/session/{sessionID}/permission/{requestID}
        POST /api/session/{sessionID}/permission/{requestID}/reply
        POST /api/session/{sessionID}/prompt
        GET /api/session/{sessionID}/question
        POST /api/session/{sessionID}/question/{requestID}/reject
        POST /api/session/{sessionID}/question/{requestID}/reply
        POST /api/session/{sessionID}/revert/clear
        POST /api/session/{sessionID}/revert/commit
        POST /api/session/{sessionID}/revert/stage
        POST /api/session/{sessionID}/wait
        GET /api/skill
        PUT,DELETE /auth/{providerID}
        GET /command
        GET,PATCH /config
        GET /config/providers
        GET /event
        GET /experimental/capabilities
        GET /experimental/console
        GET /experimental/console/orgs
        POST /experimental/console/switch
        POST /experimental/control-plane/move-session
        POST,DELETE /experimental/project/{projectID}/copy
        POST /experimental/project/{projectID}/copy/generate-name
        POST /experimental/project/{projectID}/copy/refresh
        GET /experimental/resource
        GET /experimental/session
        POST /experimental/session/{sessionID}/background
        GET /experimental/tool
        GET /experimental/tool/ids
        GET,POST /experimental/workspace
        GET /experimental/workspace/adapter
        GET /experimental/workspace/status
        POST /experimental/workspace/sync-list
        POST /experimental/workspace/warp
        DELETE /experimental/workspace/{id}
        GET,POST,DELETE /experimental/worktree
        POST /experimental/worktree/reset
        GET /file
        GET /file/content
        GET /file/status
        GET /find
        GET /find/file
        GET /find/symbol
        GET /formatter
        GET,PATCH /global/config
        POST /global/dispose
        GET /global/event
        GET /global/health
        POST /global/upgrade
        POST /instance/dispose
        POST /log
        GET /lsp
        GET,POST /mcp
        POST,DELETE /mcp/{name}/auth
        POST /mcp/{name}/auth/authenticate
        POST /mcp/{name}/auth/callback
        POST /mcp/{name}/connect
        POST /mcp/{name}/disconnect
        GET /path
        GET /permission
        POST /permission/{requestID}/reply
        GET /project
        GET /project/current
        POST /project/git/init
        PATCH /project/{projectID}
        GET /project/{projectID}/directories
        GET /provider
        GET /provider/auth
        POST /provider/{providerID}/oauth/authorize
        POST /provider/{providerID}/oauth/callback
        GET,POST /pty
        GET /pty/shells
        GET,PUT,DELETE /pty/{ptyID}
        GET /pty/{ptyID}/connect
        POST /pty/{ptyID}/connect-token
        GET /question
        POST /question/{requestID}/reject
        POST /question/{requestID}/reply
        GET,POST /session
        GET /session/status
        GET,DELETE,PATCH /session/{sessionID}
        POST /session/{sessionID}/abort
        GET /session/{sessionID}/children
        POST /session/{sessionID}/command
        GET /session/{sessionID}/diff
        POST /session/{sessionID}/fork
        POST /session/{sessionID}/init
        GET,POST /session/{sessionID}/message
        GET,DELETE /session/{sessionID}/message/{messageID}
        DELETE,PATCH /session/{sessionID}/message/{messageID}/part/{partID}
        POST /session/{sessionID}/permissions/{permissionID}
        POST /session/{sessionID}/prompt_async
        POST /session/{sessionID}/revert
        POST,DELETE /session/{sessionID}/share
        POST /session/{sessionID}/shell
        POST /session/{sessionID}/summarize
        GET /session/{sessionID}/todo
        POST /session/{sessionID}/unrevert
        GET /skill
        POST /sync/history
        POST /sync/replay
        POST /sync/start
        POST /sync/steal
        POST /tui/append-prompt
        POST /tui/clear-prompt
        GET /tui/control/next
        POST /tui/control/response
        POST /tui/execute-command
        POST /tui/open-help
        POST /tui/open-models
        POST /tui/open-sessions
        POST /tui/open-themes
        POST /tui/publish
        POST /tui/select-session
        POST /tui/show-toast
        POST /tui/submit-prompt
        GET /vcs
        POST /vcs/apply
        GET /vcs/diff
        GET /vcs/diff/raw
        GET /vcs/status
        """;

    private static readonly Lazy<FrozenDictionary<int, RouteTemplate[]>> _byLength = new(() =>
        Table.Split('\n', StringSplitOptions.TrimEntries).Select(RouteTemplate.Parse).GroupBy(r => r.Segments.Length).ToFrozenDictionary(g => g.Key, g => g.ToArray()));

    /// <summary>Gets all routes.</summary>
    public static IEnumerable<RouteTemplate> All => _byLength.Value.Values.SelectMany(r => r);

    /// <summary>Finds the route a path belongs to; the one with more fixed segments wins. Null for a path opencode does not know.</summary>
    public static RouteTemplate? Find(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return _byLength.Value.GetValueOrDefault(segments.Length)?.Where(r => r.Matches(segments)).MaxBy(r => r.FixedCount)
            ?? All.FirstOrDefault(r => r.IsOpenEnded && r.Matches(segments));
    }
}
