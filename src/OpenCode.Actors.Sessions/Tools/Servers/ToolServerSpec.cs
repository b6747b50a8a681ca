namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>An MCP server (Model Context Protocol) as a location configures it.</summary>
/// <param name="Name">Its name in the configuration, which its tools begin with.</param>
internal abstract record ToolServerSpec(string Name)
{
    /// <summary>Gets a value indicating whether it is used.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Gets the file of the project that configures it; null when none of the project's does.</summary>
    public string? ProjectFile { get; init; }

    /// <summary>Gets how long it may take to start and to list its tools.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a call may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets what no error and no log may show.</summary>
    public abstract IReadOnlyList<string> Secrets { get; }

    /// <summary>Gets the program that is started, or the host that is connected to.</summary>
    public abstract string Target { get; }

    /// <summary>Gets texts that are equal for servers that are reached in the same way.</summary>
    protected abstract IEnumerable<string> Way { get; }

    /// <summary>True if a connection for one serves for the other.</summary>
    public bool IsLike(ToolServerSpec other) => GetType() == other.GetType()
        && (Name, ConnectTimeout, CallTimeout) == (other.Name, other.ConnectTimeout, other.CallTimeout)
        && Way.SequenceEqual(other.Way, StringComparer.Ordinal);

    /// <summary>Returns the texts of names and values, in a fixed order.</summary>
    protected static IEnumerable<string> Pairs(IReadOnlyDictionary<string, string> values) =>
        values.OrderBy(static pair => pair.Key, StringComparer.Ordinal).SelectMany(static pair => new[] { pair.Key, pair.Value });
}

/// <summary>A server that this server starts as a process, connected over stdin and stdout.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Command">The program and its arguments.</param>
internal sealed record LocalToolServer(string Name, IReadOnlyList<string> Command) : ToolServerSpec(Name)
{
    /// <summary>Gets the folder it runs in; null for the location. A relative one is below that.</summary>
    public string? Folder { get; init; }

    /// <summary>Gets the variables that it gets beside those that every program needs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Secrets => [.. Environment.Values];

    /// <inheritdoc/>
    public override string Target => Command[0];

    /// <inheritdoc/>
    protected override IEnumerable<string> Way => [.. Command, "in", Folder ?? "", .. Pairs(Environment)];
}

/// <summary>A server that is connected over HTTP.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Url">Where it is.</param>
internal sealed record RemoteToolServer(string Name, Uri Url) : ToolServerSpec(Name)
{
    /// <summary>Gets what each request carries.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string Target => Url.Host;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Secrets => [.. Headers.Values, Url.UserInfo, Url.Query];

    /// <inheritdoc/>
    protected override IEnumerable<string> Way => [Url.OriginalString, .. Pairs(Headers)];
}
