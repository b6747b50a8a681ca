using System.Text;

namespace OpenCode.Actors.Server.Transfer.Doors;

/// <summary>A file of lines, UTF-8.</summary>
internal static class LineFile
{
    /// <summary>Reads the lines; each enumeration begins anew.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public static IEnumerable<string> Read(string path) => File.ReadLines(path, Encoding.UTF8);

    /// <summary>Makes a new file.</summary>
    /// <exception cref="IOException">There is one already, or it cannot be written.</exception>
    public static TextWriter Create(string path) => new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
