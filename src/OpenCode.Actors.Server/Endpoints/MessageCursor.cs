using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Errors;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Where a page of messages begins, as <c>X-Next-Cursor</c> and <c>?before=</c> carry it: base64 of JSON, as in opencode.</summary>
/// <param name="Id">Only messages before this one.</param>
/// <param name="Time">When that one was made, in milliseconds of the epoch. Not read: ids order messages here.</param>
internal sealed record MessageCursor(MessageId Id, long Time)
{
    public override string ToString() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, ServerJson.Default.MessageCursor));

    public static bool TryParse(string text, [NotNullWhen(true)] out MessageCursor? cursor)
    {
        try
        {
            // A plus sign that nobody escaped is a blank here.
            cursor = JsonSerializer.Deserialize(Convert.FromBase64String(text.Replace(' ', '+')), ServerJson.Default.MessageCursor);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            cursor = null;
        }

        return cursor is not null;
    }
}
