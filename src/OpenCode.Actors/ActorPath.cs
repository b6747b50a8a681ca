using System.Globalization;

namespace OpenCode.Actors;

/// <summary>Where an actor lives: the names from the root down, and a uid that is never used twice in a system.</summary>
public sealed class ActorPath : IEquatable<ActorPath>
{
    internal ActorPath(ActorPath? parent, string name, long uid)
    {
        Parent = parent;
        Name = name;
        Uid = uid;
    }

    /// <summary>Gets the path of the parent; null for the root.</summary>
    public ActorPath? Parent { get; }

    /// <summary>Gets the last name of the path, unique among its siblings that live. The root's name is the name of the system.</summary>
    public string Name { get; }

    /// <summary>Gets the number of this life of the path. A restart keeps it.</summary>
    public long Uid { get; }

    /// <summary>Makes a name from a uid: <c>$a</c>, <c>$b</c> … <c>$aa</c>.</summary>
    internal static string NameFrom(long uid)
    {
        Span<char> buffer = stackalloc char[16];
        var at = buffer.Length;
        do
        {
            uid--;
            buffer[--at] = (char)('a' + (uid % 26));
            uid /= 26;
        }
        while (uid > 0);

        buffer[--at] = '$';
        return new string(buffer[at..]);
    }

    /// <inheritdoc/>
    public bool Equals(ActorPath? other) =>
        ReferenceEquals(this, other) || (other is not null && Uid == other.Uid && Name == other.Name && Equals(Parent, other.Parent));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    /// <inheritdoc/>
    public override int GetHashCode() => Uid.GetHashCode();

    /// <summary>Returns the path without the uid, as in <c>opencode/user/sessions</c>.</summary>
    public string ToStringWithoutUid() => Parent is null ? Name : $"{Parent.ToStringWithoutUid()}/{Name}";

    /// <summary>Returns the path with the uid, as in <c>opencode/user/sessions#7</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ToStringWithoutUid()}#{Uid}");
}
