using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>Two servers on one data folder: the holder, and the front that serves through it.</summary>
public abstract class FrontTest(ITestOutputHelper output) : ServerTest(output)
{
    /// <summary>Gets how the front is started: in a project of its own.</summary>
    private protected ServerSetup FrontSetup => Setup with { ProjectName = "front-project" };

    private protected async Task<(ServerProcess Holder, ServerProcess Front)> StartBothAsync(ServerSetup? holder = null, ServerSetup? front = null)
    {
        var first = await StartAsync(holder);
        var second = await StartAsync(front ?? FrontSetup);
        AssertIsHolder(first);
        return (first, second);
    }

    /// <summary>Asserts which process holds the folder, by the holder's own notice.</summary>
    private protected void AssertIsHolder(ServerProcess server) => Assert.Equal(server.Id, HolderFile().GetProperty("pid").GetInt32());

    private protected Task BecomesHolderAsync(ServerProcess server) => Eventually.TrueAsync(() => TryReadHolder() is { } file && file.GetProperty("pid").GetInt32() == server.Id, $"{server.Id} to be the holder");

    private protected JsonElement HolderFile() => TryReadHolder() ?? throw new InvalidDataException("No holder tells anything.");

    private JsonElement? TryReadHolder() =>
        File.ReadAllText(Path.Combine(Setup.DataFolder, "holder.json")) is { Length: > 0 } text ? JsonDocument.Parse(text).RootElement : null;
}
