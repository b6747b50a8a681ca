using Akka.Actor;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Makes a child on behalf of its parent, which is not deleted meanwhile (rule "Close the parent first").</summary>
/// <remarks>It has no deadline: the append of the child decides. A child of a cluster is of its parent's shard, so no node is between the two.</remarks>
internal sealed class ChildCreationActor : ReceiveActor
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly IActorRef _region;
    private readonly CreateChild _command;
    private readonly IActorRef _asker;
    private bool _isAnswered;

    public ChildCreationActor(IActorRef region, CreateChild command, IActorRef asker)
    {
        (_region, _command, _asker) = (region, command, asker);

        ReceiveAny(OnAnswer);
    }

    public static Props PropsFor(IActorRef region, CreateChild command, IActorRef asker) =>
        Props.CreateBy(new ActorProducer<ChildCreationActor>(() => new ChildCreationActor(region, command, asker)));

    protected override void PreStart() => _region.Tell(new Deliver(_command.Child, new Create(_command.Place, _command.Request)));

    protected override void PostStop()
    {
        if (!_isAnswered)
            _asker.Tell(new Unavailable($"The parent of {_command.Child} left memory; whether the child was made is unknown. List the children of the session to find out.", _retryAfter));
    }

    private void OnAnswer(object answer)
    {
        _isAnswered = true;
        _asker.Tell(answer);
        Context.Stop(Self);
    }
}
