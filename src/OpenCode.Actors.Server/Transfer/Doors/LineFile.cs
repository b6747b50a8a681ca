using System.Text;

namespace OpenCode.Actors.Server.Transfer.Doors;

/// <summary>A file of lines, UTF-8.</summary>
internal static class LineFile
{
    /// <summary>Reads the lines; each enumeration begins anew.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public static IEnumerable<string> Read(string path) => File.ReadLines(path, Encoding.UTF8);

    /// <summary>Opens a file and closes it again: an unreadable file is reported before anything is created.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public static void Check(string path) => File.OpenRead(path).Dispose();

    /// <summary>Creates a file readable by its owner alone: it holds conversations of users.</summary>
    /// <exception cref="IOException">There is one already, or it cannot be written.</exception>
    public static TextWriter Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new StreamWriter(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
    }
}
