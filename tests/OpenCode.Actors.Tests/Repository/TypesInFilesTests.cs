namespace OpenCode.Actors.Tests.Repository;

/// <summary>A type has one hand-written file, beside the one of its log messages.</summary>
public sealed class TypesInFilesTests
{
    [Fact]
    public void Every_type_has_one_file()
    {
        var code = Checkout.Files().Where(static file => file.EndsWith(".cs", StringComparison.Ordinal)).Select(static file => new SourceFile(file, Checkout.Read(file))).ToList();

        Assert.Contains(code, static file => file.Path.EndsWith("/SessionActor.Log.cs", StringComparison.Ordinal));
        var scattered = TypesInFiles.Scattered(code);
        Assert.True(scattered.Count == 0, string.Join('\n', scattered));
    }

    [Theory]
    [InlineData("A/One.cs", "A/One.Rest.cs")]
    [InlineData("A/One.cs", "A/Two.cs")]
    [InlineData("A/One.cs", "B/One.Log.cs")]
    public void A_type_in_two_files_is_found(string file, string other) => Assert.Single(TypesInFiles.Scattered([Part(file), Part(other)]));

    [Fact]
    public void Log_messages_may_have_a_file_of_their_own() => Assert.Empty(TypesInFiles.Scattered([Part("A/One.cs"), Part("A/One.Log.cs")]));

    [Fact]
    public void Two_types_of_one_name_in_two_namespaces_are_two_types() =>
        Assert.Empty(TypesInFiles.Scattered([Part("A/One.cs"), new("B/One.cs", "namespace P.B;\n\nclass One { }\n")]));

    private static SourceFile Part(string path) => new(path, "namespace P.A;\n\ninternal sealed partial class One\n{\n}\n");
}
