namespace OpenCode.Actors.Server.Config;

/// <summary>Records the reads of a source: a result stays valid as long as the same reads give the same.</summary>
internal sealed class ConfigTrace(IConfigSource files) : IConfigSource
{
    private readonly List<Func<bool>> _questions = [];

    public string Home => files.Home;

    /// <summary>True if all recorded reads would still give the same. A failed read counts as changed.</summary>
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
        var stamp = files.Stamp(path); // before the text: a change in between is seen then
        var text = Noted(() => files.ReadText(path));
        _questions.Add(() =>
        {
            var now = files.Stamp(path);
            if (now is not null && now == stamp)
                return true;
            if (files.ReadText(path) != text)
                return false;

            stamp = now;
            return true;
        });
        return text;
    }

    public string? Stamp(string path) => files.Stamp(path);

    public bool Exists(string path)
    {
        var exists = files.Exists(path);
        _questions.Add(() => files.Exists(path) == exists);
        return exists;
    }

    public IReadOnlyList<string> Markdown(string folder)
    {
        var found = Noted(() => files.Markdown(folder));
        _questions.Add(() => files.Markdown(folder).SequenceEqual(found, StringComparer.Ordinal));
        return found;
    }

    // Variables do not change while the process runs.
    public string? Variable(string name) => files.Variable(name);

    public string? StoredKey(string providerId)
    {
        var key = Noted(() => files.StoredKey(providerId));
        _questions.Add(() => files.StoredKey(providerId) == key);
        return key;
    }

    private T Noted<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (IOException)
        {
            _questions.Add(static () => false); // It may be readable the next time.
            throw;
        }
    }
}
