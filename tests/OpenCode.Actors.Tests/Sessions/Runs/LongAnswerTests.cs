using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Runs;

namespace OpenCode.Actors.Tests.Sessions.Runs;

public sealed class LongAnswerTests : SessionsKit
{
    [Fact]
    public async Task An_answer_with_more_text_than_a_batch_takes_ends_its_turn_and_keeps_what_came()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);

        Model.Answer.Think(new string('t', ModelFacts.MostText - 3)).Say("abc").Say("d");
        await EndOfAsync(session.Id, accepted);

        var message = (await MessagesAsync(session.Id))[1];
        Assert.Equal("abc", Text(message));
        Assert.Contains("8 Mi characters", Assert.IsType<AssistantMessage>(message.Info).Error!.Data.Message, StringComparison.Ordinal);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task The_longest_answer_fits_into_a_batch_whatever_its_characters()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);

        Model.Answer.Say(new string('\u0001', ModelFacts.MostText)).End(); // Six bytes each as JSON.
        await EndOfAsync(session.Id, accepted);

        var message = (await MessagesAsync(session.Id))[1];
        Assert.Equal(ModelFacts.MostText, Text(message).Length);
        Assert.Null(Assert.IsType<AssistantMessage>(message.Info).Error);
    }
}
