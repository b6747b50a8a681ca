using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Titles;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Sets the title of a session, at its first prompt and beside the turn. Titles of users and of children stay.</summary>
internal static class Titling
{
    private const string AgentName = "title";
    private const int MostCharacters = 4_000;

    /// <summary>Orders a title, if the session still has its default one.</summary>
    /// <param name="decision">A decision that took a prompt.</param>
    /// <param name="prompt">The prompt.</param>
    public static void Begin(Decision decision, MessageId prompt)
    {
        if (!decision.Setup.AsksTitles || !IsOpen(decision) || decision.State.Message(prompt) is not { Info: UserMessage asked } message)
            return;

        var text = TextOf(message);
        if (TitleText.OfPrompt(text) is not { } plain)
            return;

        var agent = decision.Agents.Find(AgentName);
        var model = ModelOf(decision, agent?.Model, asked.Model);
        var request = StepOptionMerging.Request(agent, AgentPrompts.Title, model.Info, [new UserTurn($"Name the conversation that begins with this message:\n\n{text}")]);
        decision.Orders.Add(new BeginTitle(new TitleActor.Request(model.ProviderId == EmbeddedModel.ProviderId ? null : model.Model, request, plain, $"{model.ProviderId}/{model.ModelId}")));
    }

    /// <summary>Takes a title, unless the session got another one meanwhile.</summary>
    /// <returns>Whether it is taken.</returns>
    public static bool Take(Decision decision, string title)
    {
        if (decision.State.Info is null || decision.State.IsDeleting || !IsOpen(decision))
            return false;

        decision.Update(decision.Info with { Title = title });
        return true;
    }

    private static bool IsOpen(Decision decision) => decision.Info.ParentId is null && TitleText.IsDefault(decision.Info.Title);

    private static ResolvedModel ModelOf(Decision decision, ModelRef? own, ModelRef asked)
    {
        if (own is not null && decision.Models.TryResolve(own.ProviderId, own.ModelId, out var model))
            return model;

        return decision.Models.SmallFor(asked.ProviderId) ?? (decision.Models.TryResolve(asked.ProviderId, asked.ModelId, out model) ? model : decision.Models.Default);
    }

    // The user's own words; of a prompt without any, its tasks or the names of its files.
    private static string TextOf(MessageState message)
    {
        var text = string.Join('\n', message.Parts.OfType<TextPart>().Where(static part => part is { Synthetic: not true, Ignored: not true }).Select(static part => part.Text));
        if (string.IsNullOrWhiteSpace(text))
            text = string.Join('\n', message.Parts.OfType<SubtaskPart>().Select(static part => part.Prompt));
        if (string.IsNullOrWhiteSpace(text))
            text = string.Join(", ", message.Parts.OfType<FilePart>().Select(static part => part.Filename));
        return TextCut.Start(text, MostCharacters);
    }
}
