using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>A session that is summed up, and what its model gets from then on.</summary>
public abstract class CompactingKit : SessionsKit
{
    private protected const string SummaryAsked = "Sum up what was said and done in this session so far.";

    private protected Task<PromptAccepted> SummarizeAsync(SessionId id) => AskAsync<PromptAccepted>(id, new Summarize(new SummarizeSession("mock", "mock-1")));

    private protected async Task AnswerAsync(SessionId id, string prompt, string answer)
    {
        await PromptAsync(id, prompt);
        await SayAsync(answer);
    }

    private protected async Task SayAsync(string text)
    {
        Model.Answer.Say(text).End();
        await RunDryAsync();
    }

    // What the model of a summary is given.
    private protected string Told() => Assert.IsType<UserTurn>(Assert.Single(Model.Requests[^1].Messages)).Text;

    private protected IEnumerable<string> Conversation() => Model.Requests[^1].Messages.Select(message => message is UserTurn user ? user.Text : ((AssistantTurn)message).Text);
}
