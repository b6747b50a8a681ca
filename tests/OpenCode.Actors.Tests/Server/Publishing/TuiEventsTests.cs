using System.Text;
using System.Text.Json;
using OpenCode.Actors.Server.Publishing;

namespace OpenCode.Actors.Tests.Server.Publishing;

public sealed class TuiEventsTests
{
    [Theory]
    [InlineData(TuiEvents.ToastShow, """{"message":"hi","variant":"info"}""", """{"message":"hi","variant":"info","duration":5000}""")]
    [InlineData(TuiEvents.ToastShow, """{"variant":"error","x":1,"title":"T","message":"<é>","duration":1}""", """{"title":"T","message":"<é>","variant":"error","duration":1}""")]
    [InlineData(TuiEvents.PromptAppend, """{"text":"abc"}""", """{"text":"abc"}""")]
    [InlineData(TuiEvents.CommandExecute, """{"command":"session.new"}""", """{"command":"session.new"}""")]
    public void A_known_event_is_sent_with_its_known_fields(string type, string given, string sent)
    {
        Assert.True(TuiEvents.TryMake(type, JsonElement.Parse(given), out var json, out _));
        Assert.Equal(sent, Encoding.UTF8.GetString(json.Span));
    }

    [Theory]
    [InlineData("no.such", "{}", "[\"type\"]")]
    [InlineData("session.deleted", "{}", "[\"type\"]")]
    [InlineData(TuiEvents.ToastShow, "[]", "[\"properties\"]")]
    [InlineData(TuiEvents.ToastShow, """{"variant":"info"}""", "[\"message\"]")]
    [InlineData(TuiEvents.ToastShow, """{"message":1,"variant":"info"}""", "[\"message\"]")]
    [InlineData(TuiEvents.ToastShow, """{"message":"a","variant":"loud"}""", "[\"variant\"]")]
    [InlineData(TuiEvents.ToastShow, """{"message":"a","variant":"info","duration":0}""", "[\"duration\"]")]
    [InlineData(TuiEvents.ToastShow, """{"message":"a","variant":"info","duration":1.5}""", "[\"duration\"]")]
    [InlineData(TuiEvents.ToastShow, """{"message":"a","variant":"info","title":3}""", "[\"title\"]")]
    [InlineData(TuiEvents.PromptAppend, """{"text":null}""", "[\"text\"]")]
    public void Anything_else_is_refused_and_the_place_is_named(string type, string given, string place)
    {
        Assert.False(TuiEvents.TryMake(type, JsonElement.Parse(given), out _, out var mistake));
        Assert.EndsWith(place, mistake, StringComparison.Ordinal);
    }
}
