using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Server.Transfer;

/// <summary>One session with all its rows, as one line of JSON.</summary>
/// <param name="Format">The version of the line.</param>
/// <param name="Id">The session's id; it stays.</param>
/// <param name="Rows">The rows, in the order in which they were first written.</param>
internal sealed record SessionLine(int Format, string Id, IReadOnlyList<RowLine> Rows)
{
    public const int KnownFormat = 1;

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is no session that this program knows; the message says why.</exception>
    public static SessionLine Parse(string text)
    {
        SessionLine line;
        try
        {
            line = JsonSerializer.Deserialize(text, TransferJson.Default.SessionLine) ?? throw new FormatException("it is empty.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is no JSON of a session: {e.Message}", e);
        }

        CheckFormat(line.Format);
        if (!SessionId.TryParse(line.Id, out var id))
            throw new FormatException($"'{line.Id}' is no id of a session.");

        try
        {
            if (SessionFold.FoldRows(line.StateRows()).State.Info?.Id != id)
                throw new FormatException("its rows are not those of the session that it names.");
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException or NullReferenceException)
        {
            throw new FormatException($"its rows cannot be read: {e.Message}", e);
        }

        return line;
    }

    /// <summary>Refuses a line of another format.</summary>
    /// <exception cref="FormatException">It is one.</exception>
    public static void CheckFormat(int format)
    {
        if (format != KnownFormat)
            throw new FormatException($"it has format {format}, this program reads {KnownFormat}. Use the version of the program that wrote it, or a newer one.");
    }

    /// <summary>Makes the changes that write all rows, but for the rules that earlier versions exported: what was allowed ends with a restart.</summary>
    public IReadOnlyList<StateChange> Changes() => [.. Rows.Where(static row => row.Kind != Sessions.State.Rows.Remember).Select(row => new StateChange(row.Kind, Id, row.Key, JsonSerializer.SerializeToUtf8Bytes(row.Value, TransferJson.Default.JsonElement)))];

    private List<StateRow> StateRows() => [.. Changes().Select(change => new StateRow(change.Kind, change.Owner, change.Key, change.Json!.Value, 0))];
}

/// <summary>One row of a session.</summary>
internal sealed record RowLine(string Kind, string Key, JsonElement Value);

/// <summary>JSON of an export.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SessionLine))]
[JsonSerializable(typeof(ConfigLine))]
internal sealed partial class TransferJson : JsonSerializerContext;
