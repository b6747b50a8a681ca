using System.Text;
using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>A folder in memory, which may be full.</summary>
internal sealed class MemoryOutputs : IOutputFolder
{
    public string Path => "/data/tool-output";

    public Dictionary<string, MemoryStream> Files { get; } = [];

    public bool IsFull { get; set; }

    public int Sweeps { get; private set; }

    public string TextOf(string path) => Encoding.UTF8.GetString(Files[path].ToArray());

    public Task<(string Path, Stream File)> CreateAsync(string name)
    {
        if (IsFull)
            throw new IOException("No space left on device");

        var path = $"{Path}/{name}.txt";
        return Task.FromResult((path, (Stream)(Files[path] = new MemoryStream())));
    }

    public Task SweepAsync()
    {
        Sweeps++;
        return IsFull ? Task.FromException(new IOException("No space left on device")) : Task.CompletedTask;
    }
}
