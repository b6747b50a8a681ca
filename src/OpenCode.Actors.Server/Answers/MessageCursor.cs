using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Server.Answers;

/// <summary>The cursor of a page of messages, as <c>X-Next-Cursor</c> and <c>?before=</c> carry it: base64 of JSON, as in opencode.</summary>
/// <param name="Id">Only messages before this one.</param>
/// <param name="Time">When that one was made, in milliseconds of the epoch. Not read: ids order messages here.</param>
internal sealed record MessageCursor(string Id, long Time)
{
    public override string ToString() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, ServerJson.Default.MessageCursor));

    public static bool TryParse(string text, out MessageId before)
    {
        before = default;
        try
        {
            // An unescaped plus sign is a blank here.
            var json = Convert.FromBase64String(text.Replace(' ', '+'));
            return JsonSerializer.Deserialize(json, ServerJson.Default.MessageCursor) is { } cursor && MessageId.TryParse(cursor.Id, out before);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return false;
        }
    }
}
