using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>
/// Turns the events of one session into steps, with ids replaced by what they are: <c>user1</c>, <c>assistant2/tool1</c>. Left out: events about title, summary and
/// diff, what repeats (<see cref="Step.MayRepeat"/>), snapshots. The real server sends objects that it may change before they are written, and requests before or after
/// their tool runs, as time allows; what comes of that is evened out for it alone, and ours is taken as it is.
/// </summary>
internal sealed class StepWriter(bool isOfOpenCode)
{
    private readonly Dictionary<string, int> _outputs = [];
    private readonly Dictionary<string, string> _messages = [];
    private readonly Dictionary<string, string> _parts = [];
    private readonly Dictionary<string, string> _toolsByCall = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly List<Step> _steps = [];

    public static IReadOnlyList<Step> Write(IEnumerable<SseFrame> events, bool isOfOpenCode)
    {
        var writer = new StepWriter(isOfOpenCode);
        foreach (var frame in events)
            writer.Add(frame.Type, frame.Properties);

        return writer._steps;
    }

    private void Add(string type, JsonElement properties)
    {
        switch (type)
        {
            case "session.created" or "session.updated" or "session.deleted":
                Add("session", type["session.".Length..]);
                break;
            case "session.status":
                var status = properties.GetProperty("status");
                if (isOfOpenCode && status.Text("type") == "busy" && IsBusy())
                    break;

                Add(Step.Status, status.Text("type") == "retry" ? $"retry {status.GetProperty("attempt").GetInt32()}" : status.Text("type")!);
                break;
            case "session.idle":
                Add(Step.Status, "session.idle");
                break;
            case "session.error":
                Add(Step.Status, "error " + properties.Text("error", "name"));
                break;
            case "message.updated":
                OnMessage(properties.GetProperty("info"));
                break;
            case "message.part.updated":
                OnPart(properties.GetProperty("part"));
                break;
            case "message.part.delta":
                Add(Known(_parts, properties.Text("partID"), type), "delta");
                break;
            case "permission.asked" or "question.asked":
                var asked = Known(_toolsByCall, properties.Text("tool", "callID"), type);
                _parts[properties.Text("id")!] = asked;
                AddRequest(asked, type);
                break;
            case "permission.replied":
                Add(Known(_parts, properties.Text("requestID"), type), $"{type} {properties.Text("reply")}");
                break;
            case "question.replied" or "question.rejected":
                Add(Known(_parts, properties.Text("requestID"), type), type);
                break;
            case "message.removed":
                Add(Known(_messages, properties.Text("messageID"), type), "removed");
                break;
            case "message.part.removed":
                Add(Known(_parts, properties.Text("partID"), type), "removed");
                break;
            case "todo.updated" or "session.compacted":
                Add(Step.Other, type);
                break;
            case "command.executed":
                Add(Step.Other, $"{type} {properties.Text("name")}");
                break;
            case "session.diff":
                break;
            default:
                throw new InvalidDataException($"No sequence knows the event {type}.");
        }
    }

    // The real server says with each step that it is still busy, behind an error too.
    private bool IsBusy() => _steps.LastOrDefault(static step => step.Thread == Step.Status && !step.What.StartsWith("error ", StringComparison.Ordinal))?.What == "busy";

    private void OnMessage(JsonElement info)
    {
        var (id, role) = (info.Text("id")!, info.Text("role")!);
        var isNew = !_messages.TryGetValue(id, out var thread);
        thread ??= _messages[id] = Next(role);
        if (role == "user")
        {
            if (isNew)
                Add(thread, "open"); // Later ones carry the summary.

            return;
        }

        if (isNew)
            Add(thread, "open");

        var completed = info.Text("error", "name") is { } cause ? "completed " + cause : "completed";
        if (!isOfOpenCode && !(isNew && info.Has("time", "completed")))
        {
            if (!isNew)
                Add(thread, info.Has("time", "completed") ? completed : "finish " + info.Text("finish"));

            return;
        }

        // Finish and completed come in one event or in two: each counts when it is first seen. A copy has them at once.
        if (info.Text("finish") is { } finish)
            AddOnce(thread, "finish " + finish);

        if (info.Has("time", "completed"))
            AddOnce(thread, completed);
    }

    private void OnPart(JsonElement part)
    {
        var type = part.Text("type")!;
        if (type is "patch" or "snapshot")
            return;

        var message = Known(_messages, part.Text("messageID"), "message.part.updated");
        var id = part.Text("id")!;
        if (!_parts.TryGetValue(id, out var thread))
            thread = _parts[id] = Next($"{message}/{type}");

        if (type == "tool")
            _toolsByCall[part.Text("callID")!] = thread;

        if (part.Text("state", "status") == "running")
        {
            OnRunning(thread, part.At("state", "metadata")?.GetRawText().Length ?? 0);
            return;
        }

        Add(thread, type switch
        {
            "tool" => part.Text("state", "status")!,
            "step-finish" => part.Text("reason")!,
            "text" or "reasoning" when message.StartsWith("assistant", StringComparison.Ordinal) => part.Has("time", "end") ? "end" : part.Text("text")!.Length == 0 ? "open" : "text",
            _ => "full",
        });
    }

    // How often output is shown is a matter of time; that the metadata grew is the only reason to say again that the tool runs.
    private void OnRunning(string thread, int output)
    {
        if (!_outputs.TryGetValue(thread, out var shown) || (output <= shown && !isOfOpenCode))
            AddRunning(thread);

        _outputs[thread] = output;
    }

    private void Add(string thread, string what)
    {
        var step = new Step(thread, what);
        if (!step.MayRepeat || _steps.LastOrDefault(s => s.Thread == thread) != step)
            _steps.Add(step);
    }

    /// <summary>What a tool of the real server does may be sent before the tool is running: here it always is after, where ours is.</summary>
    private void AddRunning(string thread)
    {
        var isBefore = isOfOpenCode && _steps.LastOrDefault()?.Thread == Step.Other;
        _steps.Insert(_steps.Count - (isBefore ? 1 : 0), new Step(thread, "running"));
    }

    private void AddOnce(string thread, string what)
    {
        if (!_steps.Contains(new Step(thread, what)))
            _steps.Add(new Step(thread, what));
    }

    /// <summary>The real server sends a request before or after its tool is running, as it comes: here it always is before, where ours has to be.</summary>
    private void AddRequest(string thread, string what)
    {
        var last = _steps.Count - 1;
        var isAfter = isOfOpenCode && last >= 0 && _steps[last] == new Step(thread, "running");
        _steps.Insert(isAfter ? last : last + 1, new Step(thread, what));
    }

    private string Next(string name)
    {
        var count = _counts[name] = _counts.GetValueOrDefault(name) + 1;
        return name + count;
    }

    private static string Known(Dictionary<string, string> names, string? id, string type) =>
        id is not null && names.TryGetValue(id, out var name) ? name : throw new InvalidDataException($"{type} names '{id}', which no earlier event announced.");
}
