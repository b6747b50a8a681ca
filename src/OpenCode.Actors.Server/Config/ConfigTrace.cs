namespace OpenCode.Actors.Server.Config;

/// <summary>Notes what was read of a source, so that what was made of it holds as long as reading again gives the same.</summary>
internal sealed class ConfigTrace(IConfigSource files) : IConfigSource
{
    private readonly List<Func<bool>> _questions = [];

    public string Home => files.Home;

    /// <summary>Tells whether everything that was read is still the same. What cannot be read any more is not.</summary>
    public bool Holds()
    {
        try
        {
            return _questions.TrueForAll(static isSame => isSame());
        }
        catch (IOException)
        {
            return false;
        }
    }

    public string? ReadText(string path)
    {
        var text = files.ReadText(path);
        _questions.Add(() => files.ReadText(path) == text);
        return text;
    }

    public bool Exists(string path)
    {
        var exists = files.Exists(path);
        _questions.Add(() => files.Exists(path) == exists);
        return exists;
    }

    public IReadOnlyList<string> Markdown(string folder)
    {
        var found = files.Markdown(folder);
        _questions.Add(() => files.Markdown(folder).SequenceEqual(found, StringComparer.Ordinal));
        return found;
    }

    // Variables do not change while the process runs.
    public string? Variable(string name) => files.Variable(name);
}
