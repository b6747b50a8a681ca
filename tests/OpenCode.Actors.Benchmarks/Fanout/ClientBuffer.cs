namespace OpenCode.Actors.Benchmarks.Fanout;

/// <summary>Where a client's bytes go: copied once, as into a transport's buffer.</summary>
internal sealed class ClientBuffer
{
    public const int Size = 4096;

    private readonly byte[] _bytes = new byte[Size];
    private int _at;

    public void Take(ReadOnlySpan<byte> frame)
    {
        if (_at + frame.Length > _bytes.Length)
            _at = 0;
        frame.CopyTo(_bytes.AsSpan(_at));
        _at += frame.Length;
    }
}
