using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Reads the entries of the index from the rows of sessions at the start: only the fields that lists select by.</summary>
/// <remarks>Ten thousand sessions are read in one go, so nothing is made that is thrown away again: neighbours mostly share location, project and path.</remarks>
internal sealed class EntryReader
{
    private string _directory = "";
    private string _project = "";
    private string _path = "";

    /// <summary>Reads one entry.</summary>
    /// <param name="row">The info of a session, JSON in UTF-8; copied.</param>
    /// <param name="owner">The owner of the row: the session's id. The journal keeps this string for each, so the entry shares it.</param>
    /// <exception cref="JsonException">It is not one.</exception>
    public SessionEntry Read(ReadOnlySpan<byte> row, string owner)
    {
        string? id = null, title = null, parent = null;
        var updated = 0L;
        var reader = new Utf8JsonReader(row);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
                id = reader.Read() && reader.ValueTextEquals(owner) ? owner : reader.GetString();
            else if (reader.ValueTextEquals("parentID"u8))
                parent = Text(ref reader);
            else if (reader.ValueTextEquals("title"u8))
                title = Text(ref reader);
            else if (reader.ValueTextEquals("directory"u8))
                Share(ref reader, ref _directory);
            else if (reader.ValueTextEquals("projectID"u8))
                Share(ref reader, ref _project);
            else if (reader.ValueTextEquals("path"u8))
                Share(ref reader, ref _path);
            else if (reader.ValueTextEquals("time"u8))
                updated = Updated(ref reader);
            else
                reader.Skip();
        }

        return id is null || title is null
            ? throw new JsonException("The row of a session needs 'id' and 'title'.")
            : new SessionEntry(
                new SessionId(id), _directory, _project, SessionEntry.PathOf(_path, _project, _directory), parent is null ? null : new SessionId(parent), title, updated, row.ToArray());
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private static void Share(ref Utf8JsonReader reader, ref string last)
    {
        reader.Read();
        if (!reader.ValueTextEquals(last))
            last = reader.GetString() ?? "";
    }

    private static long Updated(ref Utf8JsonReader reader)
    {
        var updated = 0L;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUpdated = reader.ValueTextEquals("updated"u8);
            reader.Read();
            if (isUpdated)
                updated = reader.GetInt64();
            else
                reader.Skip();
        }

        return updated;
    }
}
