namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>What several connections of one client saw, put together: the promise is one dense run of positions, each once.</summary>
internal static class EventRecord
{
    /// <summary>Asserts that the log's events in these frames have neither hole nor double, whatever connection they came by.</summary>
    public static void AssertDense(IReadOnlyList<SseFrame> frames)
    {
        Assert.DoesNotContain(frames, f => f.Type == "hub.gap");
        var offsets = frames.Where(f => !f.IsOfTheStream).Select(f => f.Offset).ToList();
        for (var i = 1; i < offsets.Count; i++)
            Assert.True(offsets[i] == offsets[i - 1] + 1, $"After position {offsets[i - 1]} came {offsets[i]}.");
    }

    /// <summary>Asserts that two clients saw the same events in the same order.</summary>
    public static void AssertSame(IReadOnlyList<string> expected, IReadOnlyList<string> actual, string who)
    {
        var doubled = actual.GroupBy(id => id).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        Assert.True(doubled.Count == 0, $"{who} got {doubled.Count} events twice, first {doubled.FirstOrDefault()}.");
        var missing = expected.Except(actual).ToList();
        Assert.True(missing.Count == 0, $"{who} missed {missing.Count} of {expected.Count} events, first {missing.FirstOrDefault()}.");
        Assert.Equal(expected, actual);
    }
}
