namespace OpenCode.Actors.Sessions.Files;

/// <summary>The result of reading a path.</summary>
/// <param name="Path">The path.</param>
internal abstract record FileRead(string Path)
{
    /// <summary>Gets the text for the model.</summary>
    public abstract string Told { get; }
}

/// <summary>A text, or a window of its lines.</summary>
internal sealed record TextRead(string Path, NumberedText Text) : FileRead(Path)
{
    /// <inheritdoc/>
    public override string Told => $"<file path=\"{Path}\">\n{Text.Lines}</file>\n({Text.Note})";
}

/// <summary>A folder, as a list of its entries.</summary>
internal sealed record FolderRead(string Path, FolderListing Listing) : FileRead(Path)
{
    /// <inheritdoc/>
    public override string Told => $"<folder path=\"{Path}\">\n{Listing.Lines}</folder>\n({Listing.Note})";
}

/// <summary>An image or a PDF, whole.</summary>
internal sealed record MediaRead(string Path, string MimeType, byte[] Data) : FileRead(Path)
{
    /// <inheritdoc/>
    public override string Told => $"The file {Path} is attached ({MimeType}, {Data.Length} bytes).";
}

/// <summary>The path could not be read, or cannot be shown to a model.</summary>
/// <param name="Path">The path.</param>
/// <param name="Reason">Why, as a sentence with the path.</param>
internal sealed record NotRead(string Path, string Reason) : FileRead(Path)
{
    /// <inheritdoc/>
    public override string Told => Reason;
}
