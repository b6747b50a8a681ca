using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>
/// What a scenario must look like, out of <c>Sequences/NAME.txt</c>: one step a line, <c>#</c> for comments, <c>[session2]</c> begins another session. Where we differ from
/// the real server on purpose, <c>NAME.opencode.txt</c> has what that one does, and docs/differences.md the reason.
/// </summary>
internal sealed class ExpectedSequence(string name, IReadOnlyList<IReadOnlyList<Step>> sessions, bool isOfOpenCode)
{
    public static ExpectedSequence Load(string name, bool ofOpenCode = false)
    {
        var path = Path.Combine(Repository.Sequences, name + ".opencode.txt");
        path = ofOpenCode && File.Exists(path) ? path : Path.Combine(Repository.Sequences, name + ".txt");
        List<List<Step>> sessions = [[]];
        foreach (var line in File.ReadLines(path).Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0))
        {
            if (line[0] == '[')
                sessions.Add([]);
            else
                sessions[^1].Add(Step.Parse(line));
        }

        return new ExpectedSequence(Path.GetFileName(path), [.. sessions.Where(s => s.Count > 0)], ofOpenCode);
    }

    /// <summary>Compares session by session, in the order of their first events.</summary>
    public void AssertMatches(IEnumerable<SseFrame> events)
    {
        var actual = events.Where(e => e.Session is not null).GroupBy(e => e.Session).ToList();
        Assert.True(sessions.Count == actual.Count, $"{name}: {actual.Count} sessions had events, expected {sessions.Count}.");
        foreach (var (expected, frames) in sessions.Zip(actual))
            AssertMatches(expected, StepWriter.Write(frames, isOfOpenCode));
    }

    private void AssertMatches(IReadOnlyList<Step> expected, IReadOnlyList<Step> written)
    {
        // Updates of the session carry titles, token counts and summaries; only scenarios about them name them.
        var actual = expected.Any(s => s.What == "updated") ? written : [.. written.Where(s => s.What != "updated")];
        foreach (var message in expected.Concat(actual).Select(s => s.Message).Distinct())
        {
            // The order within a message, and of busy, idle, errors and the like against it; messages among themselves may overlap.
            var (wanted, got) = (Around(expected, message), Around(actual, message));
            Assert.True(wanted.SequenceEqual(got), $"{name}, {message}:\n{SideBySide(wanted, got)}");
        }
    }

    private static List<Step> Around(IReadOnlyList<Step> steps, string message) => [.. steps.Where(s => s.Message == message || s.Thread is Step.Status or Step.Other)];

    private static string SideBySide(List<Step> wanted, List<Step> got)
    {
        var lines = Enumerable.Range(0, Math.Max(wanted.Count, got.Count)).Select(i =>
        {
            var (left, right) = (i < wanted.Count ? wanted[i].ToString() : "-", i < got.Count ? got[i].ToString() : "-");
            return $"{(left == right ? ' ' : '!')} {left,-50} {right}";
        });
        return $"  {"expected",-50} actual\n" + string.Join('\n', lines);
    }
}
