using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Models.Providers;

public sealed class BoundedAnswerTests
{
    [Fact]
    public async Task A_line_without_an_end_ends_the_answer()
    {
        var error = await Assert.ThrowsAsync<ModelException>(() => ReadAsync(new Repeated((byte)'x', 1L << 40)));

        Assert.Contains("line", error.Message, StringComparison.Ordinal);
        Assert.False(error.Retryable);
    }

    [Theory]
    [InlineData((byte)'\n')]
    [InlineData((byte)'\r')]
    public async Task An_answer_without_an_end_ends(byte end)
    {
        var error = await Assert.ThrowsAsync<ModelException>(() => ReadAsync(new Repeated(end, 1L << 40)));

        Assert.Contains("answer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_up_to_the_bound_pass()
    {
        var line = new byte[BoundedAnswer.LongestLine + 1];
        line[^1] = (byte)'\n';

        Assert.Equal(2L * line.Length, await ReadAsync(new MemoryStream([.. line, .. line])));
    }

    private static async Task<long> ReadAsync(Stream answer)
    {
        await using var bounded = new BoundedAnswer(answer);
        var buffer = new byte[64 * 1024];
        var total = 0L;
        for (int read; (read = await bounded.ReadAsync(buffer)) > 0;)
            total += read;
        return total;
    }

    private sealed class Repeated(byte value, long count) : MemoryStream
    {
        private long _left = count;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill(value);
            var read = (int)Math.Min(_left, buffer.Length);
            _left -= read;
            return new ValueTask<int>(read);
        }
    }
}
