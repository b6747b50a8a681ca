namespace OpenCode.Actors.Tests.Repository;

/// <summary>Comments and docs are plain English: subject, verb, object, and the field's terms.</summary>
public sealed class PlainWordsTests
{
    [Fact]
    public void Comments_and_docs_have_no_refused_words()
    {
        var files = Checkout.Files().Where(static file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".md", StringComparison.Ordinal))
            .Where(static file => !file.StartsWith("tests/bench/", StringComparison.Ordinal) && !file.StartsWith("tests/OpenCode.Actors.Tests/Repository/PlainWords", StringComparison.Ordinal))
            .ToList();

        Assert.Contains("docs/operations.md", files);
        Assert.Contains("src/OpenCode.Actors.Sessions/Live/SessionActor.cs", files);
        var found = files.SelectMany(static file => PlainWords.In(file, Checkout.Read(file)).Select(word => $"{file}: {word}")).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("/// <summary>Tells whether a turn is open.</summary>")]
    [InlineData("/// <param name=\"options\">Who we are.</param>")]
    [InlineData("    Send(); // Nobody waits for it.")]
    [InlineData("// The session is told when it ends.")]
    [InlineData("/// <summary>What the work came to.</summary>")]
    [InlineData("/// <summary>The events that tell of it.</summary>")]
    [InlineData("// Whatever becomes of the actor.")]
    [InlineData("// The hub lets in one more client.")]
    public void A_refused_word_in_a_comment_is_found(string line) => Assert.Single(PlainWords.In("src/A.cs", line));

    [Theory]
    [InlineData("_ref = ActorRefs.Nobody;")]
    [InlineData("Send(\"https://who.example\");")]
    [InlineData("// Rule \"The database decides who is dead\".")]
    [InlineData("// The turn comes to an end.")]
    public void Code_and_names_of_rules_pass(string line) => Assert.Empty(PlainWords.In("src/A.cs", line));

    [Fact]
    public void A_text_is_read_whole() => Assert.Single(PlainWords.In("docs/a.md", "The client is told of a gap."));
}
