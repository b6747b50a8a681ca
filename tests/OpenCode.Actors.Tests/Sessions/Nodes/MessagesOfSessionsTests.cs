using System.Reflection;
using System.Text.Json.Serialization;
using Akka.Actor;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Commands and answers cross nodes: they are plain records that System.Text.Json can write and read.</summary>
public sealed class MessagesOfSessionsTests
{
    private static readonly Type[] _answers =
    [
        typeof(Created), typeof(Updated), typeof(Deleted), typeof(PromptAccepted), typeof(Aborted),
        typeof(Awake), typeof(RequestAnswered), typeof(MessagePage), typeof(MessageFound), typeof(TodosFound),
        typeof(SessionNotFound), typeof(MessageNotFound), typeof(PermissionNotFound), typeof(QuestionNotFound), typeof(PromptRejected), typeof(TooManyPrompts),
        typeof(StorageFull), typeof(Unavailable), typeof(Moved), typeof(CommandFailed),
    ];

    public static TheoryData<string> Names { get; } = [.. Types().Select(static type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_is_made_by_its_one_constructor_of_properties_that_are_data(string name)
    {
        var type = Types().Single(type => type.FullName == name);
        var properties = type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(static property => !property.IsDefined(typeof(JsonIgnoreAttribute)) && property.Name != "EqualityContract").ToList();
        var constructor = Assert.Single(type.GetConstructors());

        Assert.Equal(
            properties.Select(static property => property.Name).Order(StringComparer.Ordinal),
            constructor.GetParameters().Select(static parameter => parameter.Name!).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(properties, static property => property.PropertyType == typeof(object)
            || typeof(Exception).IsAssignableFrom(property.PropertyType)
            || typeof(Delegate).IsAssignableFrom(property.PropertyType)
            || typeof(IActorRef).IsAssignableFrom(property.PropertyType));
    }

    private static IEnumerable<Type> Types() =>
        typeof(ISessionCommand).Assembly.GetTypes().Where(static type => type.IsClass && typeof(ISessionCommand).IsAssignableFrom(type)).Concat(_answers);
}
