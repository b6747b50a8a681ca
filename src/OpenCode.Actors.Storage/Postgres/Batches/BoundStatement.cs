using System.Runtime.InteropServices;
using Npgsql;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>A statement with its parameters.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Parameters">Its parameters, in their order.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoundStatement(string Sql, NpgsqlParameter[] Parameters);
