using System.Text.Json;

namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>The file in a data folder that tells other servers of the same user where the holder listens: <c>holder.json</c>, mode 600.</summary>
internal static class HolderFile
{
    /// <summary>The name of the file.</summary>
    public const string Name = "holder.json";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Empties it: the holder does not listen yet.</summary>
    public static void Clear(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (File.Exists(path))
            File.WriteAllBytes(path, []);
    }

    /// <summary>Removes it if the holder has written nothing: its start failed.</summary>
    public static void RemoveIfEmpty(string folder)
    {
        try
        {
            if (new FileInfo(Path.Combine(folder, Name)) is { Exists: true, Length: 0 } file)
                file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It says the same as none.
        }
    }

    /// <summary>Writes what the holder tells. Readers see all of it or what was there before.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string folder, HolderInfo holder)
    {
        var path = Path.Combine(folder, Name);
        var made = path + ".new";
        File.Delete(made); // one with another mode would keep it
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        using (var file = new FileStream(made, options))
            JsonSerializer.Serialize(file, holder, HolderJson.Default.HolderInfo);
        File.Move(made, path, overwrite: true);
    }

    /// <summary>Reads what the holder tells; null where it tells nothing, or that cannot be read.</summary>
    public static HolderInfo? TryRead(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads what the holder tells; null while it tells nothing, because it does not listen yet or is no server.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static HolderInfo? Read(string folder)
    {
        try
        {
            var text = File.ReadAllBytes(Path.Combine(folder, Name));
            return text.Length == 0 ? null : JsonSerializer.Deserialize(text, HolderJson.Default.HolderInfo);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}
