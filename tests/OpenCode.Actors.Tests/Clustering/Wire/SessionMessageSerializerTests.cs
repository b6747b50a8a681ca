using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.Configuration;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.Clustering.Wire;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Wire;

public sealed class SessionMessageSerializerTests : IDisposable
{
    // Only on the node of the session: the region tells them to its sessions, and they answer it.
    private static readonly Type[] _local = [typeof(Quiesce), typeof(Quiesced), typeof(AwaitQuiet), typeof(Quiet), typeof(Leave)];

    private readonly SeededSystem _seeded = new(config: Settings());

    public static TheoryData<string> Samples { get; } = [.. MessageSamples.All.Keys.Select(type => type.FullName!)];

    private ActorSystem System => _seeded.System;

    public void Dispose() => _seeded.Dispose();

    [Fact]
    public void Every_command_and_answer_of_a_session_crosses_nodes()
    {
        var commands = typeof(SessionActor).Assembly.GetTypes().Where(type => type is { IsInterface: false, IsAbstract: false } && type.IsAssignableTo(typeof(ISessionCommand)));
        var answers = typeof(SessionActor).GetNestedTypes().Where(type => !type.IsAssignableTo(typeof(ISessionCommand)));
        var refusals = typeof(SessionActor).Assembly.GetTypes().Where(IsRefusal);

        var missing = commands.Concat(answers).Concat(refusals).Except(_local).Except(MessageKinds.Types).Select(type => type.FullName);

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_kind_of_message_has_a_sample() => Assert.Empty(MessageKinds.Types.Except(MessageSamples.All.Keys).Select(type => type.FullName));

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_comes_out_as_it_went_in(string type)
    {
        var message = MessageSamples.All.Values.Single(sample => sample.GetType().FullName == type);
        var serializer = Assert.IsType<SessionMessageSerializer>(System.Serialization.FindSerializerFor(message));
        var manifest = serializer.Manifest(message);
        var bytes = serializer.ToBinary(message);

        var read = serializer.FromBinary(bytes, manifest);

        Assert.IsType(message.GetType(), read);
        Assert.Equal(Encoding.UTF8.GetString(bytes), Encoding.UTF8.GetString(serializer.ToBinary(read)));
        Assert.Matches("^[a-z-]+[.][0-9]+$", manifest);
    }

    [Fact]
    public void The_data_of_a_command_is_there_after_the_way()
    {
        var sent = (Deliver)MessageSamples.All[typeof(Deliver)];

        var read = Assert.IsType<Deliver>(Roundtrip(sent));

        Assert.Equal(sent.SessionId, read.SessionId);
        var named = Assert.IsType<Named>(read.Command);
        Assert.Equal("node-1", named.Name);
        var reply = Assert.IsType<ReplyPermission>(named.Command);
        Assert.Equal("no, because", reply.Feedback);
    }

    [Fact]
    public void A_large_message_is_left_out_of_the_answer_that_crosses_nodes()
    {
        var accepted = MessageSamples.Accepted(new string('x', AcceptedInShort.MaxBytes));

        var read = Assert.IsType<PromptAccepted>(Roundtrip(accepted));

        Assert.Empty(read.User.Parts);
        Assert.Equal(accepted.User.Info.Id, read.User.Info.Id);
        Assert.Equal(accepted.Turn, read.Turn);
    }

    [Theory]
    [InlineData("system")]
    [InlineData("format")]
    [InlineData("tools")]
    [InlineData("summary")]
    public void What_is_large_beside_the_parts_is_left_out_too(string what)
    {
        var (accepted, large) = (MessageSamples.Accepted("hello"), new string('x', 2 * AcceptedInShort.MaxBytes));
        var user = (UserMessage)accepted.User.Info;
        user = what switch
        {
            "system" => user with { System = large },
            "format" => user with { Format = new OutputFormat("json_schema") { Schema = JsonSerializer.SerializeToElement(large) } },
            "tools" => user with { Tools = new Dictionary<string, bool> { [large] = true } },
            _ => user with { Summary = new UserMessageSummary([]) { Body = large } },
        };
        accepted = accepted with { User = accepted.User with { Info = user } };

        var read = Assert.IsType<PromptAccepted>(Roundtrip(accepted));

        Assert.True(MessageKinds.Of(accepted)!.Write(accepted).Length < AcceptedInShort.MaxBytes);
        Assert.Equal((user.Id, accepted.Turn), (read.User.Info.Id, read.Turn));
    }

    [Fact]
    public void An_unknown_message_is_refused_by_name()
    {
        var refusal = Assert.Throws<SerializationException>(() => SessionMessageSerializer.Read([], "dance.1"));

        Assert.Contains("'dance.1'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_version_of_a_message_is_refused_with_the_one_that_is_known()
    {
        var refusal = Assert.Throws<SerializationException>(() => SessionMessageSerializer.Read([], "prompt.2"));

        Assert.Contains("this version reads prompt.1", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prompt.1", "")]
    [InlineData("prompt.1", "null")]
    [InlineData("prompt.1", "{\"request\":null}")]
    [InlineData("deliver.1", "")]
    [InlineData("deliver.1", "\u0003abc\u0006wake.1")]
    [InlineData("named.1", "\u0001n\u0009aborted.1{\"offset\":1}")]
    [InlineData("deliver.1", "\u0001n\u0009dance.1__")]
    public void Bytes_that_are_not_what_the_manifest_says_are_refused(string manifest, string bytes) =>
        Assert.Throws<SerializationException>(() => SessionMessageSerializer.Read(Encoding.UTF8.GetBytes(bytes), manifest));

    [Fact]
    public void Nothing_leaves_a_node_by_Newtonsoft()
    {
        var serializer = Assert.IsType<RefusingSerializer>(System.Serialization.FindSerializerFor(new Unknown()));

        Assert.Equal(1, serializer.Identifier);
        Assert.Contains(nameof(Unknown), Assert.Throws<SerializationException>(() => serializer.ToBinary(new Unknown())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_comes_in_by_Newtonsoft()
    {
        var refusal = Assert.Throws<SerializationException>(() => System.Serialization.Deserialize("{}"u8.ToArray(), 1, "System.Object, mscorlib"));

        Assert.Contains("dropped", refusal.ToString(), StringComparison.Ordinal);
    }

    private static Config Settings() => ConfigurationFactory.ParseString("akka.actor.provider = local\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF").WithFallback(
        AkkaSettings.Of(new ClusterNodeOptions { AdvertisedHost = "127.0.0.1" }));

    private object Roundtrip(object message)
    {
        var serializer = (SessionMessageSerializer)System.Serialization.FindSerializerFor(message);
        return serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message));
    }

    private static bool IsRefusal(Type type) =>
        type is { Namespace: "OpenCode.Actors.Sessions", IsNested: false, IsSealed: true } && type.GetMethod("<Clone>$") is not null
        && !type.IsAssignableTo(typeof(ISessionCommand)) && type.Name is not (nameof(Place) or nameof(SessionSetup));

    private sealed record Unknown;
}
