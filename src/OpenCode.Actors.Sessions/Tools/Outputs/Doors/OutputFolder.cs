namespace OpenCode.Actors.Sessions.Tools.Outputs.Doors;

/// <summary>A folder of long outputs, readable by its owner alone, since commands print secrets too.</summary>
internal sealed class OutputFolder(string path, TimeProvider time) : IOutputFolder
{
    private const int LongestName = 120;

    private readonly Lock _sweep = new();

    public string Path => path;

    public Task<(string Path, Stream File)> CreateAsync(string name) => Task.Run(() => Create(name));

    public Task SweepAsync() => Task.Run(Sweep);

    private (string Path, Stream File) Create(string name)
    {
        try
        {
            Prepare();
            TrySweep();
            var stem = string.Concat(name.Select(static sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' ? sign : '-'));
            stem = System.IO.Path.Combine(path, stem[..Math.Min(stem.Length, LongestName)]);
            for (var number = 1; ; number++)
            {
                // A model's name of a call need not be unique.
                var file = number == 1 ? $"{stem}.txt" : $"{stem}-{number}.txt";
                if (!File.Exists(file))
                    return (file, new FileStream(file, Options()));
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private void Prepare()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Sweep()
    {
        lock (_sweep)
        {
            try
            {
                if (!Directory.Exists(path))
                    return;

                var files = new DirectoryInfo(path).EnumerateFiles("*.txt").Select(static file => new OutputFile(file.FullName, file.LastWriteTimeUtc, file.Length));
                foreach (var file in OutputBounds.Excess([.. files], time.GetUtcNow().UtcDateTime))
                    File.Delete(file.Path);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new IOException(e.Message, e);
            }
        }
    }

    // The sweep of each hour tells what cannot be removed.
    private void TrySweep()
    {
        try
        {
            Sweep();
        }
        catch (IOException)
        {
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
