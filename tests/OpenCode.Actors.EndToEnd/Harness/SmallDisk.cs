using System.Diagnostics;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A file system that is small enough to be filled, in memory. Needs root.</summary>
/// <remarks>It is mounted in a name space of its own, so that it is gone with the tests, however they end: programs enter by <see cref="Enter"/>, the tests see it at <see cref="View"/>.</remarks>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly Process _holder;

    private SmallDisk(string path, Process holder) => (Path, _holder) = (path, holder);

    /// <summary>Gets where it is for programs that have entered.</summary>
    public string Path { get; }

    /// <summary>Gets its path for other processes.</summary>
    public string View => $"/proc/{_holder.Id}/root{Path}";

    /// <summary>Gets the beginning of the command line of a program that is to see it.</summary>
    public string[] Enter => ["nsenter", "-t", $"{_holder.Id}", "-m", "--"];

    private string Ballast => System.IO.Path.Combine(View, "ballast");

    /// <summary>Makes one that every user may write to.</summary>
    /// <param name="megabytes">Its size.</param>
    public static async Task<SmallDisk> MakeAsync(int megabytes)
    {
        Needs.Root();
        var path = Directory.CreateTempSubdirectory("oc-disk-").FullName;
        var start = new ProcessStartInfo("unshare", ["-m", "--propagation", "private", "sh", "-c", $"mount -t tmpfs -o size={megabytes}m,mode=777 none {path} && echo mounted && exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var disk = new SmallDisk(path, Process.Start(start)!);
        Assert.Equal("mounted", await disk._holder.StandardOutput.ReadLineAsync());
        return disk;
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[BlockBytes];
        try
        {
            while (true)
                ballast.Write(block);
        }
        catch (IOException)
        {
            // No space left on device.
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
        Directory.Delete(Path);
    }
}
