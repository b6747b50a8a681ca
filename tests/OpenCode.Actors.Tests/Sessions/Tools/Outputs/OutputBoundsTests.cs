using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Tests.Sessions.Tools.Outputs;

/// <summary>Which outputs of tools are kept.</summary>
public sealed class OutputBoundsTests
{
    private static readonly DateTime _now = new(2026, 11, 29, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void What_is_too_old_goes()
    {
        Assert.Equal(["b"], Excess(Output("a", 167, 1), Output("b", 169, 1)));
    }

    [Fact]
    public void The_oldest_go_until_the_rest_is_small_enough()
    {
        Assert.Equal(["c", "d"], Excess(Output("d", 4, 1), Output("a", 1, 1L << 30), Output("c", 3, 1), Output("b", 2, 1L << 30)));
        Assert.Empty(Excess(Output("a", 1, 1L << 30), Output("b", 2, 1L << 30)));
    }

    [Fact]
    public void The_oldest_go_until_the_rest_is_few_enough()
    {
        var files = Enumerable.Range(0, 10_002).Select(static n => Output($"{n}", n / 1000.0, 1)).ToArray();

        Assert.Equal(["10000", "10001"], Excess(files));
    }

    private static OutputFile Output(string name, double hours, long bytes) => new(name, _now.AddHours(-hours), bytes);

    private static IEnumerable<string> Excess(params OutputFile[] files) => OutputBounds.Excess(files, _now).Select(static file => file.Path);
}
