using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Tools.Outputs.Doors;

namespace OpenCode.Actors.EndToEnd.Tools;

/// <summary>Kept outputs on a real disk.</summary>
public sealed class OutputFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sweep_removes_the_outputs_that_are_too_old_and_nothing_else()
    {
        var outputs = new OutputFolder(Path.Combine(_folder.Path, "tool-output"), TimeProvider.System);
        await outputs.SweepAsync(); // There is no folder yet.
        var old = await MakeAsync(outputs, "old");
        var recent = await MakeAsync(outputs, "recent");
        var foreign = Path.Combine(outputs.Path, "foreign.log");
        File.WriteAllText(foreign, "x");
        foreach (var file in new[] { old, foreign })
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-8));

        await outputs.SweepAsync();

        Assert.Equal([foreign, recent], Directory.GetFiles(outputs.Path).Order(StringComparer.Ordinal));
    }

    private static async Task<string> MakeAsync(OutputFolder outputs, string name)
    {
        var (path, file) = await outputs.CreateAsync(name);
        await file.DisposeAsync();
        return path;
    }
}
