using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>A session whose first prompt came to a node that drains gets its title from the next owner.</summary>
public sealed class HeldTitleTests : HandOverKit
{
    private protected override SessionSetup Arrange(SessionSetup setup) => base.Arrange(setup) with { AsksTitles = true };

    [Fact]
    public async Task The_next_owner_asks_for_the_title_beside_the_turn()
    {
        var session = await CreateAsync(title: null);
        Drain.Begin();
        await PromptAsync(session.Id, "say hello");
        Assert.Empty(Model.Requests);

        await HandOverAsync(session.Id);

        Assert.Equal(2, Model.Requests.Count);
        Assert.Single(Model.Requests, static request => request.System?.StartsWith("You name conversations", StringComparison.Ordinal) == true);
        Assert.Single(Model.Requests, static request => request.Messages is [UserTurn { Text: "say hello" }]);
    }
}
