using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>A session in a repository whose files the test plays.</summary>
public abstract class UndoKit : SessionsKit
{
    protected UndoKit() => Snapshots = new ScriptedSnapshots(this);

    private protected ScriptedSnapshots Snapshots { get; }

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Snapshots = Snapshots };

    private protected static FileDiff File(string name, int additions, int deletions, string status = "modified") =>
        new(additions, deletions) { File = name, Patch = $"patch of {name}\n", Status = status };

    private protected async Task<Session> BeginAsync(IReadOnlyList<PermissionRule>? rules = null) =>
        Assert.IsType<Created>(await RunUntilAsync(Sessions.CreateAsync(new Place(Directory, "abc"), new() { Title = "T", Permission = rules }, CancellationToken.None))).Info;

    private protected async Task<Session> CreateOutsideAsync() =>
        Assert.IsType<Created>(await RunUntilAsync(Sessions.CreateAsync(new Place(Directory, "global", Directory[1..]), new() { Title = "T" }, CancellationToken.None))).Info;

    /// <summary>Has a turn change files: a step with a tool, and one that says so.</summary>
    private protected async Task ChangeAsync(SessionId id, string files, params FileDiff[] diffs)
    {
        await PromptAsync(id, files);
        await StepAsync(files, diffs);
        Model.Answer.Say("Done").End();
        await RunDryAsync();
    }

    private protected async Task StepAsync(string files, params FileDiff[] diffs)
    {
        Model.Answer.Bash($"call-{files}", "touch").EndWithCalls();
        await RunDryAsync();
        (Snapshots.Now, Snapshots.Diffs) = (files, diffs);
        Tools.Tool.End("x");
        await RunDryAsync();
    }

    /// <summary>Gives steps without the files that they are said to have changed.</summary>
    private protected static IEnumerable<StepChange> Bare(IEnumerable<StepChange> steps) => steps.Select(static step => step with { Files = null });

    private protected async Task<Session> InfoAsync(SessionId id) =>
        System.Text.Json.JsonSerializer.Deserialize((await AskAsync<IndexQuery.Found>(Index, new IndexQuery.Get(id))).Entry.Json.Span, OpenCode.Actors.Protocol.Json.ProtocolJson.Wire.Session)!;

    private protected static string Told(Part part) => part switch
    {
        StepStartPart m => $"{m.Type} {m.Snapshot}".TrimEnd(),
        StepFinishPart m => $"{m.Type} {m.Snapshot}".TrimEnd(),
        PatchPart m => $"{m.Type} {m.Hash} {string.Join(' ', m.Files)}",
        _ => part.Type,
    };
}
