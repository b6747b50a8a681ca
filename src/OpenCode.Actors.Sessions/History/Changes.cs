using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Questions;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Structured;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.History;

/// <summary>The changes of a session's turns in its files, without those that are undone.</summary>
internal static class Changes
{
    /// <summary>The most characters of all patches in one list, since each list is one event. Later patches have counts alone.</summary>
    public const int MaxPatches = 128 * 1024;

    /// <summary>The most files in one list, for the same reason.</summary>
    public const int MaxFiles = 2_000;

    private const string Added = "added";
    private const string Deleted = "deleted";

    /// <summary>Lists the files that the session changed, each once: patches one after the other, lines summed up.</summary>
    public static IReadOnlyList<FileDiff> Of(SessionState state)
    {
        var files = new SortedDictionary<string, FileDiff>(StringComparer.Ordinal);
        var counts = state.Info?.Revert is { } revert ? state.Messages.TakeWhile(message => message.Info.Id != revert.MessageId) : state.Messages;
        foreach (var diff in counts.Select(static message => message.Info).OfType<UserMessage>().SelectMany(static message => message.Summary?.Diffs ?? []))
        {
            var file = diff.File ?? "";
            if (!files.TryGetValue(file, out var before))
                files.Add(file, diff);
            else if (before.Status == Added && diff.Status == Deleted)
                files.Remove(file);
            else
                files[file] = Join(before, diff);
        }

        return Cut(files.Values);
    }

    /// <summary>Stores the changes on the session, and publishes them if they differ from before.</summary>
    public static void Note(Decision decision)
    {
        var diffs = Of(decision.State);
        var summary = new SessionSummary(diffs.Sum(static diff => diff.Additions), diffs.Sum(static diff => diff.Deletions), diffs.Count);
        if (summary == (decision.Info.Summary ?? new SessionSummary(0, 0, 0)))
            return;

        decision.Emit(new SessionDiffed(decision.Id, diffs));
        decision.Update(decision.Info with { Summary = summary });
    }

    /// <summary>True if a tool may have changed files. Two tools are state of the session, and in no toolbox.</summary>
    public static bool MayBeOf(ToolPart tool, IToolbox toolbox) => tool.Tool is not (QuestionTool.Name or StructuredOutputTool.Name) && toolbox.MayChangeFiles(tool.Tool);

    /// <summary>Leaves out the patches and files that are too much for one event.</summary>
    public static IReadOnlyList<FileDiff> Cut(IEnumerable<FileDiff> diffs)
    {
        var room = MaxPatches;
        var cut = new List<FileDiff>();
        foreach (var diff in diffs.Take(MaxFiles))
        {
            var length = diff.Patch?.Length ?? 0;
            cut.Add(length <= room ? diff : diff with { Patch = null });
            room -= length <= room ? length : 0;
        }

        return cut;
    }

    private static FileDiff Join(FileDiff first, FileDiff then) => new(first.Additions + then.Additions, first.Deletions + then.Deletions)
    {
        File = first.File,
        Patch = first.Patch is null || then.Patch is null ? null : first.Patch + then.Patch,
        Status = then.Status == Deleted ? Deleted : first.Status == Added ? Added : "modified",
    };
}
