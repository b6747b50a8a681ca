using System.Diagnostics;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Waits for conditions, never for times: the limit is only there so that a failure ends.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? limit = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, limit);

    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null) => TrueAsync(condition, () => what, limit);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < (limit ?? Generous), $"Waited {clock.Elapsed.TotalSeconds:0.0} s in vain for: {what()}");
            await Task.Delay(10);
        }
    }

    /// <summary>Awaits a task that must end, with a message that says what did not.</summary>
    public static async Task<T> EndsAsync<T>(Task<T> task, string what, TimeSpan? limit = null)
    {
        await EndsAsync((Task)task, what, limit);
        return await task;
    }

    public static async Task EndsAsync(Task task, string what, TimeSpan? limit = null)
    {
        var first = await Task.WhenAny(task, Task.Delay(limit ?? Generous));
        Assert.True(ReferenceEquals(first, task), $"Not ended after {(limit ?? Generous).TotalSeconds:0} s: {what}");
        await task;
    }
}
