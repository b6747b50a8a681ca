using Npgsql;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Tests.Postgres.Connections;

public sealed class DatabaseFaultsTests
{
    [Theory]
    [InlineData("57P01", true)] // ended by an administrator
    [InlineData("57P02", true)] // the server crashed
    [InlineData("57P03", true)] // the server starts
    [InlineData("57P05", true)] // silent for longer than idle_session_timeout
    [InlineData("25P03", true)] // silent in a transaction
    [InlineData("55P03", false)] // a lock was not had in time
    [InlineData("23505", false)] // a statement that is wrong
    public void What_ends_a_connection_is_a_fault_of_the_connection_and_not_of_the_statement(string state, bool isOfConnection) =>
        Assert.Equal(isOfConnection, DatabaseFaults.IsOfConnection(new PostgresException("a fault", "FATAL", "FATAL", state)));
}
