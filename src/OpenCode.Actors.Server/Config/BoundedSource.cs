namespace OpenCode.Actors.Server.Config;

/// <summary>Limits how much is read from a source: the files of a location may come from a foreign repository.</summary>
internal sealed class BoundedSource(IConfigSource files) : IConfigSource
{
    private const int MostCharacters = 4 << 20;
    private const int MostFiles = 1_000;

    private long _characters;
    private int _files;

    public string Home => files.Home;

    public string? ReadText(string path)
    {
        Check();
        var text = Counted(files.ReadText(path));
        if (text is not null)
            _files++;
        Check();
        return text;
    }

    public string? Stamp(string path) => files.Stamp(path);

    public bool Exists(string path) => files.Exists(path);

    public IReadOnlyList<string> Markdown(string folder) => files.Markdown(folder);

    public string? Variable(string name)
    {
        Check();
        var value = Counted(files.Variable(name));
        Check();
        return value;
    }

    private string? Counted(string? text)
    {
        _characters += text?.Length ?? 0;
        return text;
    }

    private void Check()
    {
        if (_files > MostFiles)
            throw new IOException($"the configuration has more than {MostFiles} files, those that it refers to included. Take away what is not used.");
        if (_characters > MostCharacters)
            throw new IOException($"the configuration has more than {MostCharacters >> 20} MiB, with what it refers to. Take away what is not used.");
    }
}
