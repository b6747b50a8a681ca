using System.Globalization;
using OpenCode.Actors.Protocol;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.History;

/// <summary>Creates a session with copies of the messages of another one.</summary>
internal static class Forking
{
    /// <summary>The most messages and parts of a fork: each is an event in the one batch that creates it.</summary>
    public const int MaxCopied = 9_000;

    private const string Mark = " (fork #";
    private const string NotEnded = "The tool had not ended when the session was forked.";

    /// <summary>Plans a fork.</summary>
    /// <param name="source">The session as it is now.</param>
    /// <param name="before">The first message that is not copied; null to copy all.</param>
    /// <returns>The <see cref="CreateFork"/>, or a refusal.</returns>
    public static object Plan(HistoryFound source, MessageId? before)
    {
        var (info, messages) = source;
        if (before is { } end)
        {
            if (messages.All(message => message.Info.Id != end))
                return new MessageNotFound(end);
            messages = [.. messages.TakeWhile(message => message.Info.Id != end)];
        }

        // What is undone is undone in the files too.
        if (info.Revert is { } revert)
            messages = [.. messages.TakeWhile(message => message.Info.Id != revert.MessageId)];

        var count = messages.Sum(static message => 1 + message.Parts.Count);
        return count > MaxCopied
            ? new PromptRejected($"The session has {count} messages and parts up to there; a fork takes {MaxCopied}. Name an earlier message as messageID, or compact the session and go on in it.")
            : new CreateFork(new Place(info.Directory, info.ProjectId, info.Path), TitleOf(info.Title), info.Permission, messages);
    }

    /// <summary>Decides a fork. The id is new.</summary>
    public static Outcome Decide(Decision decision, CreateFork command)
    {
        var place = command.Place;
        decision.Create(new Session(
            decision.Id, Slugs.Create(decision.Setup.Entropy.Fill), place.ProjectId, place.Directory, command.Title, OpenCodeVersion.Value, new SessionTime(decision.Now, decision.Now))
        {
            Path = place.Path,
            Permission = command.Permission,
        });

        var ids = new Dictionary<MessageId, MessageId>();
        foreach (var (info, parts) in command.Messages)
        {
            var id = ids[info.Id] = decision.NextMessage();
            decision.Put(Copy(decision, info, id, ids));
            foreach (var part in parts)
            {
                if (part is not UnknownPart)
                    decision.Put(Ended(decision, part, ids) with { Id = decision.NextPart(), SessionId = decision.Id, MessageId = id });
            }
        }

        return new Outcome(OutcomeKind.Created);
    }

    private static Message Copy(Decision decision, Message info, MessageId id, Dictionary<MessageId, MessageId> ids) => info is AssistantMessage answer
        ? answer with
        {
            Id = id,
            SessionId = decision.Id,
            ParentId = ids.GetValueOrDefault(answer.ParentId, answer.ParentId),
            Time = answer.Time with { Completed = answer.Time.Completed ?? decision.Now },
        }
        : info with { Id = id, SessionId = decision.Id };

    // A turn of the other session may be open. It has no run here, so nothing may show as running.
    private static Part Ended(Decision decision, Part part, Dictionary<MessageId, MessageId> ids) => part switch
    {
        ToolPart { State: ToolPending or ToolRunning } tool => tool with
        {
            State = new ToolError(tool.State.Input, NotEnded, new PartTime((tool.State as ToolRunning)?.Time.Start ?? decision.Now, decision.Now)),
        },
        TextPart { Time: { End: null } time } text => text with { Time = time with { End = decision.Now } },
        ReasoningPart { Time: { End: null } time } reasoning => reasoning with { Time = time with { End = decision.Now } },
        CompactionPart { TailStartId: { } tail } compaction => compaction with { TailStartId = ids.GetValueOrDefault(tail, tail) },
        _ => part,
    };

    // "T (fork #1)" becomes "T (fork #2)".
    private static string TitleOf(string title)
    {
        var mark = title.LastIndexOf(Mark, StringComparison.Ordinal);
        if (mark <= 0 || !title.EndsWith(')') || !int.TryParse(title.AsSpan((mark + Mark.Length)..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == int.MaxValue)
            (mark, number) = (title.Length, 0);

        return string.Create(CultureInfo.InvariantCulture, $"{title.AsSpan(0, mark)}{Mark}{number + 1})");
    }
}
