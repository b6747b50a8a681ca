namespace OpenCode.Actors.Sessions.Tools.Outputs;

/// <summary>All of an output: in memory while it is short, then in a file. One piece is added at a time.</summary>
/// <param name="folder">Where the file is made.</param>
/// <param name="name">What it is named after.</param>
internal sealed class WholeOutput(IOutputFolder folder, string name) : IAsyncDisposable
{
    /// <summary>How much of an output is kept: its start.</summary>
    public const int MostBytes = 128 << 20;

    private const int MostInMemory = 32 * 1024;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly MemoryStream _start = new();
    private Stream? _file;
    private bool _hasFailed;

    /// <summary>Gets how many bytes the command wrote.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the path of the file; null when there is none.</summary>
    public string? Path { get; private set; }

    /// <summary>Adds a piece.</summary>
    public async Task AppendAsync(ReadOnlyMemory<byte> piece)
    {
        await _turn.WaitAsync();
        try
        {
            var room = (int)Math.Clamp(MostBytes - Bytes, 0, piece.Length);
            Bytes += piece.Length;
            if (_file is null && !_hasFailed)
                _start.Write(piece.Span[..room]);
            else if (_file is not null && room > 0)
                await _file.WriteAsync(piece[..room]);
            if (_start.Length > MostInMemory)
                await SpillAsync();
        }
        catch (IOException)
        {
            Fail(); // A full disk: the command goes on, and the end of its output is reported.
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Puts it into its file, if it is not there yet.</summary>
    public async Task StoreAsync()
    {
        try
        {
            if (_start.Length > 0)
                await SpillAsync();
            if (_file is not null)
                await _file.FlushAsync();
        }
        catch (IOException)
        {
            Fail();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();
    }

    private async Task SpillAsync()
    {
        (Path, _file) = await folder.CreateAsync(name);
        await _file.WriteAsync(_start.GetBuffer().AsMemory(0, (int)_start.Length));
        _start.SetLength(0);
        _start.Capacity = 0;
    }

    private void Fail()
    {
        (_hasFailed, Path) = (true, null);
        _start.SetLength(0);
        _file?.Dispose();
        _file = null;
    }
}
