using System.Buffers;
using System.Text.Json;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.OpenAi;

/// <summary>Writes a request as the chat completions API wants it (OpenAI API reference, "Create chat completion").</summary>
internal static class RequestBody
{
    public static BinaryData Write(ModelRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", request.ModelId);
            json.WriteBoolean("stream", value: true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", value: true);
            json.WriteEndObject();
            WriteMessages(json, request);
            WriteTools(json, request.Tools);
            json.WriteEndObject();
        }

        return new BinaryData(buffer.WrittenMemory, "application/json");
    }

    private static void WriteMessages(Utf8JsonWriter json, ModelRequest request)
    {
        json.WriteStartArray("messages");
        if (!string.IsNullOrEmpty(request.System))
            WriteText(json, "system", request.System);
        foreach (var message in request.Messages)
        {
            switch (message)
            {
                case UserTurn m:
                    WriteText(json, "user", m.Text);
                    break;
                case AssistantTurn m:
                    WriteTurn(json, m);
                    break;
                case ToolResult m:
                    json.WriteStartObject();
                    json.WriteString("role", "tool");
                    json.WriteString("tool_call_id", m.CallId);
                    json.WriteString("content", m.IsError ? $"Error: {m.Output}" : m.Output);
                    json.WriteEndObject();
                    break;
                default:
                    throw new NotSupportedException($"{message.GetType().Name} has no form in the chat completions API.");
            }
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }

    // Its reasoning stays here: the API has no place for it, and servers differ in what they would make of one.
    private static void WriteTurn(Utf8JsonWriter json, AssistantTurn turn)
    {
        json.WriteStartObject();
        json.WriteString("role", "assistant");
        if (turn.Text.Length > 0 || turn.Calls.Count == 0)
            json.WriteString("content", turn.Text);
        else
            json.WriteNull("content");
        if (turn.Calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in turn.Calls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.CallId);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WriteString("arguments", call.Input.GetRawText());
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, IReadOnlyList<ToolDefinition> tools)
    {
        if (tools.Count == 0)
            return; // Some servers refuse an empty list.

        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            tool.InputSchema.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
