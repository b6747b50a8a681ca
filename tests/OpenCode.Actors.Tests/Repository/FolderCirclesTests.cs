namespace OpenCode.Actors.Tests.Repository;

/// <summary>The folders of a project form no circle: what two of them share is in a folder below both.</summary>
public sealed class FolderCirclesTests
{
    [Fact]
    public void No_folders_of_a_project_form_a_circle()
    {
        var projects = Checkout.Code().GroupBy(file => string.Join('/', file.Path.Split('/').Take(2)), StringComparer.Ordinal).ToList();

        Assert.Contains("src/OpenCode.Actors.Server", projects.Select(project => project.Key));
        var circles = projects.SelectMany(project => FolderCircles.In([.. project])).ToList();
        Assert.True(circles.Count == 0, string.Join('\n', circles));
    }

    [Fact]
    public void Two_folders_that_use_each_other_are_a_circle() => Assert.Equal(
        ["A/One.cs uses Two of B/", "B/Two.cs uses One of A/"],
        FolderCircles.In([File("A/One.cs", "class One { Two _two; }", "P.B"), File("B/Two.cs", "class Two { One _one; }", "P.A")]));

    [Fact]
    public void A_folder_and_its_parent_are_a_circle() => Assert.Equal(2, FolderCircles.In(
        [File("A/One.cs", "class One { Two _two; }", "P.A.B"), File("A/B/Two.cs", "class Two { One _one; }")]).Count);

    [Fact]
    public void Three_folders_are_a_circle() => Assert.Equal(3, FolderCircles.In(
        [File("A/One.cs", "class One { Two _two; }", "P.B"), File("B/Two.cs", "class Two { Three _three; }", "P.C"), File("C/Three.cs", "enum Three { One }\nrecord Four(One One);", "P.A")]).Count);

    [Fact]
    public void Folders_that_use_each_other_one_way_are_none() => Assert.Empty(FolderCircles.In(
        [File("A/One.cs", "class One { Two _two; }", "P.B"), File("B/Two.cs", "class Two { }")]));

    [Theory]
    [InlineData("// As One does.")]
    [InlineData("const string Text = \"One\";")]
    [InlineData("const string Text = \"\"\"\n  // One\n  \"\"\";")]
    public void Comments_and_strings_use_nothing(string line) => Assert.Empty(FolderCircles.In(
        [File("A/One.cs", "class One { Two _two; }", "P.B"), File("B/Two.cs", $"class Two\n{{\n    {line}\n}}", "P.A")]));

    [Fact]
    public void Of_two_types_of_one_name_the_nearer_one_is_used() => Assert.Empty(FolderCircles.In(
        [File("A/One.cs", "class One { Two _two; }", "P.B"), File("B/Two.cs", "class Two { One _one; }", "P.A"), File("B/One.cs", "class One { }")]));

    private static SourceFile File(string path, string code, params string[] usings)
    {
        var space = "P." + string.Join('.', path.Split('/')[..^1]);
        return new(path, $"{string.Concat(usings.Select(name => $"using {name};\n"))}\nnamespace {space};\n\n{code}\n");
    }
}
