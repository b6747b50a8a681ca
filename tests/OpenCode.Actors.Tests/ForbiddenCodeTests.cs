using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Tests.Repository;

namespace OpenCode.Actors.Tests;

/// <summary>Forbidden code that the analyzer cannot find.</summary>
public sealed class ForbiddenCodeTests
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private const string UnitTests = "tests/OpenCode.Actors.Tests/";

    public static TheoryData<string> Products { get; } = [.. ProductAssemblies().Select(a => a.GetName().Name!)];

    [Fact]
    public void The_product_has_these_projects_and_no_other() => Assert.Equal(
        ["Clustering", "Journal", "Models", "Protocol", "Sessions", "Storage", "Streams", "opencode-actors"],
        ProductAssemblies().Select(a => a.GetName().Name!.Replace("OpenCode.Actors.", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Products))]
    public void No_type_derives_from_the_inside_of_Akka(string assembly)
    {
        Type[] inside = [typeof(Akka.Dispatch.Mailbox), typeof(Akka.Dispatch.MessageDispatcher), typeof(Akka.Actor.ActorCell)];

        Assert.DoesNotContain(Types(assembly, alsoGenerated: true), type => Array.Exists(inside, type.IsSubclassOf));
    }

    [Theory]
    [InlineData("OpenCode.Actors.Protocol")]
    [InlineData("OpenCode.Actors.Journal")]
    [InlineData("OpenCode.Actors.Storage")]
    public void The_wire_and_the_journal_do_not_see_Akka(string assembly) =>
        Assert.DoesNotContain(Assembly.Load(assembly).GetReferencedAssemblies(), name => name.Name!.StartsWith("Akka", StringComparison.Ordinal));

    [Fact]
    public void Only_the_clustering_sees_the_cluster_of_Akka() => Assert.Equal(
        ["OpenCode.Actors.Clustering"],
        ProductAssemblies()
            .Where(assembly => Array.Exists(assembly.GetReferencedAssemblies(), name => name.Name!.StartsWith("Akka.Cluster", StringComparison.Ordinal) || name.Name == "Akka.Remote"))
            .Select(assembly => assembly.GetName().Name!));

    [Theory]
    [MemberData(nameof(Products))]
    public void There_is_no_static_mutable_field(string assembly)
    {
        var fields = Types(assembly)
            .SelectMany(type => type.GetFields(All))
            .Where(field => field is { IsStatic: true, IsLiteral: false } && !field.IsDefined(typeof(CompilerGeneratedAttribute)) && !IsImmutable(field))
            .Select(field => $"{field.DeclaringType}.{field.Name}");

        Assert.Empty(fields);
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void There_is_no_async_void(string assembly)
    {
        var methods = Types(assembly, alsoGenerated: true)
            .SelectMany(type => type.GetMethods(All))
            .Where(method => method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            .Select(method => $"{method.DeclaringType}.{method.Name}");

        Assert.Empty(methods);
    }

    [Fact]
    public void No_two_lines_of_the_log_have_the_same_event_id()
    {
        var lines = ProductAssemblies()
            .SelectMany(assembly => Types(assembly.GetName().Name!))
            .SelectMany(type => type.GetMethods(All))
            .Select(method => (Method: $"{method.DeclaringType}.{method.Name}", method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(line => line.EventId is not null)
            .ToList();

        Assert.True(lines.Count > 50);
        Assert.Empty(lines.GroupBy(line => line.EventId).Where(same => same.Count() > 1).SelectMany(same => same));
    }

    /// <summary>What BannedSymbols.UnitTests.txt forbids: real time, sleeps, sockets, processes, databases, actors on threads.</summary>
    [Fact]
    public void These_files_of_the_unit_tests_and_no_others_may_use_real_time() => Assert.Equal(
        ["TestKit/AkkaInternalsTests.cs", "TestKit/Doors/OtherThreads.cs", "TestKit/EscapeTests.cs", "TestKit/SeededSystem.cs"],
        Checkout.Files()
            .Where(static file => file.StartsWith(UnitTests, StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .Where(static file => file.Contains("/Doors/", StringComparison.Ordinal) || Checkout.Read(file).Contains("#pragma warning disable " + "RS0030", StringComparison.Ordinal))
            .Select(static file => file[UnitTests.Length..])
            .Order(StringComparer.Ordinal));

    /// <summary>A private array is taken for a table of constants: there is no frozen one.</summary>
    private static bool IsImmutable(FieldInfo field) =>
        field.IsInitOnly && (!field.FieldType.IsArray || field.IsPrivate) && !IsMutableCollection(field.FieldType);

    /// <summary>A readonly field does not help when its object can be changed: frozen and immutable collections and their interfaces are what is meant.</summary>
    private static bool IsMutableCollection(Type type) =>
        type.Namespace is "System.Collections.Generic" or "System.Collections.Concurrent" or "System.Collections"
        && !type.IsInterface
        && !type.Name.EndsWith("Comparer`1", StringComparison.Ordinal);

    private static IEnumerable<Type> Types(string assembly, bool alsoGenerated = false) =>
        Assembly.Load(assembly).GetTypes().Where(type => alsoGenerated || !IsGenerated(type));

    private static bool IsGenerated(Type? type) => type is not null
        && (type.Name.Contains('<', StringComparison.Ordinal)
            || type.IsDefined(typeof(CompilerGeneratedAttribute))
            || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute))
            || typeof(System.Text.Json.Serialization.JsonSerializerContext).IsAssignableFrom(type)
            || IsGenerated(type.DeclaringType));

    private static IEnumerable<Assembly> ProductAssemblies() =>
        Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => name == "opencode-actors" || (name.StartsWith("OpenCode.Actors", StringComparison.Ordinal) && !name.EndsWith(".Tests", StringComparison.Ordinal)))
            .Select(Assembly.Load);
}
