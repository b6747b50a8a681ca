using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Storage;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Storage;

public sealed class OpenedDatabaseTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(51, 51)]
    [InlineData(52, 51)]
    [InlineData(60, 51)]
    public async Task A_node_with_the_longest_name_has_a_process_that_the_database_can_name(int length, int kept)
    {
        var settings = new ClusterSettings("Host=db", new ClusterNodeOptions { Name = new string('n', length) });
        await using var database = new OpenedDatabase(settings, new EventStreamConfig(), new VirtualTime(), new SeededEntropy(1), NullLoggerFactory.Instance, null!, null!);

        Assert.Matches($"^n{{{kept}}}-[0-9a-f]{{8}}$", database.Process);
        Assert.InRange(database.Process.Length, 1, PostgresDatabase.MaxProcessBytes);
    }
}
