namespace OpenCode.Actors.Journal.Nodes;

/// <summary>Decides whether a node may join, and which rows belong to dead nodes (rule "One joiner at a time", rule "No mixed protocols"). The same over every store.</summary>
/// <param name="turn">The joiner's turn.</param>
/// <param name="me">The joiner.</param>
/// <param name="isGone">Whether nothing answers at the address of a row.</param>
/// <param name="time">The clock of pauses.</param>
internal sealed class Admission(IJoinTurn turn, NodeDescription me, Func<NodeRow, CancellationToken, ValueTask<bool>> isGone, TimeProvider time)
{
    // A host that died holds its lock until the server misses its answers: 5 s, of which probing took some already.
    private static readonly TimeSpan LockGrace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<NodeIdentity, bool> _probed = [];

    /// <summary>Refuses a name that looks like another one, or cannot be typed.</summary>
    /// <param name="name">The name of a node.</param>
    /// <exception cref="NotAdmittedException">It is one.</exception>
    public static void CheckName(string name)
    {
        if (name.Length is 0 or > 60 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            throw new NotAdmittedException($"'{name}' cannot be the name of a node. Give --node a name of 1 to 60 letters, digits, dots, hyphens and underscores.");
    }

    /// <summary>Joins.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The others that are up, by name.</returns>
    /// <exception cref="NotAdmittedException">It may not join.</exception>
    public async ValueTask<IReadOnlyList<NodeRow>> RunAsync(CancellationToken cancellationToken)
    {
        long? waitsSince = null;
        while (true)
        {
            var found = await turn.ReadAsync(cancellationToken).ConfigureAwait(false);
            var others = found.Nodes.Where(n => !n.Row.Description.Identity.IsSameLife(me.Identity)).ToList();

            // The port of an own address is this node's. And one node joins at a time: another one that says so has lost its turn, and is refused when it goes on.
            var lost = others.FindAll(n => n.Row.Status == NodeStatus.Joining || n.Row.Description.Identity.Address == me.Identity.Address);
            var rest = others.Except(lost).ToList();
            CheckLocation(found.Location);
            foreach (var node in rest)
                Check(node);

            // Seconds may go by: what was read is read again after it.
            if (await ProbeAsync(rest, cancellationToken).ConfigureAwait(false))
                continue;

            // A free lock and a port that answers: the next life of that node waits for its turn to join and sets the row dead by itself, or a living node has lost its connection.
            if (rest.Exists(n => !n.IsLockHeld && !_probed[n.Row.Description.Identity]) && time.GetElapsedTime(waitsSince ??= time.GetTimestamp()) < LockGrace)
            {
                await Task.Delay(LockPause, time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var gone = rest.FindAll(n => _probed[n.Row.Description.Identity]);
            var holder = gone.FindIndex(static n => n.IsLockHeld);
            if (holder < 0 && await turn.TryEnterAsync(me, Rows(lost), Rows(gone), cancellationToken).ConfigureAwait(false))
                return Rows(rest.Except(gone));

            waitsSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(waitsSince.Value) >= LockGrace)
                throw Unreachable(gone[Math.Max(holder, 0)].Row.Description.Identity);

            await Task.Delay(LockPause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static List<NodeRow> Rows(IEnumerable<FoundNode> nodes) => [.. nodes.Select(static n => n.Row)];

    private async ValueTask<bool> ProbeAsync(List<FoundNode> nodes, CancellationToken cancellationToken)
    {
        var fresh = nodes.FindAll(n => !_probed.ContainsKey(n.Row.Description.Identity));
        var answers = await Task.WhenAll(fresh.Select(n => isGone(n.Row, cancellationToken).AsTask())).ConfigureAwait(false);
        foreach (var (node, answer) in fresh.Zip(answers))
            _probed[node.Row.Description.Identity] = answer;

        return fresh.Count > 0;
    }

    private void CheckLocation(string? location)
    {
        if (location is not null && location != me.Location)
        {
            throw new NotAdmittedException(
                $"The default location of this node is '{me.Location}', that of the cluster '{location}': a session without a location would be in another folder on each node. "
                + $"Start this node in '{location}' (a mount at the same path on all nodes). To move the cluster, stop all nodes and delete the row 'default_location' of the table setting.");
        }
    }

    private void Check(FoundNode found)
    {
        var other = found.Row.Description;

        // Without its lock it may be a node that is no more: that is asked first.
        if (!found.IsLockHeld && _probed.GetValueOrDefault(other.Identity, true))
            return;

        if (other.Identity.Name == me.Identity.Name)
        {
            throw new NotAdmittedException(
                $"The name '{me.Identity.Name}' is in use by a node that lives, at {other.Identity.Address}. Give this node another --node NAME, or stop the other one first.");
        }

        if (other.Protocol != me.Protocol)
        {
            throw new NotAdmittedException(
                $"The node '{other.Identity.Name}' at {other.Identity.Address} (version {other.Version}) speaks protocol {other.Protocol} to other nodes, this one (version {me.Version}) "
                + $"protocol {me.Protocol}. They never run together: start the version of the others, or stop all nodes, then start all of them with one version.");
        }
    }

    private static NotAdmittedException Unreachable(NodeIdentity other) => new(
        $"The node '{other.Name}' lives, since it holds its lock in the database, but nothing answers at its address {other.Address} from here. Nothing was changed. Open the cluster port "
        + "between these two hosts, or correct the --advertise of that node; then start this one again. If that host was lost just now, start again in 10 s.");
}
