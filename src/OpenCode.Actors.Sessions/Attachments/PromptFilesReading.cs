using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>Reads the files of one prompt, where blocking is allowed.</summary>
/// <param name="files">The files.</param>
/// <param name="paths">Resolves links.</param>
/// <param name="directory">The location of the session.</param>
/// <param name="resources">What was read of the parts that are resources of MCP servers.</param>
/// <param name="cancellationToken">Gives up.</param>
internal sealed class PromptFilesReading(IFileTree files, IPathFacts paths, string directory, IReadOnlyDictionary<int, NamedResource> resources, CancellationToken cancellationToken)
{
    private static readonly string _tooLarge = $"the files of a prompt are larger than {PromptFiles.MostBytes >> 20} MiB together.";

    private readonly HashSet<string> _instructions = new(StringComparer.Ordinal);
    private long _room = PromptFiles.MostBytes - resources.Values.Sum(static resource => resource.Size);

    /// <summary>Reads them.</summary>
    /// <exception cref="FormatException">A part cannot be taken; the message names it.</exception>
    public List<PromptPart> Read(IReadOnlyList<PromptPart> parts)
    {
        var read = new List<PromptPart>();
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is not FilePromptPart file)
                read.Add(parts[i]);
            else if (resources.TryGetValue(i, out var resource))
                read.AddRange(OfResource(file, resource));
            else if (FileUrl.Is(file.Url))
                read.AddRange(OfPath(file, Parse(FileUrl.Parse, file, i)));
            else if (DataUrl.Is(file.Url))
                read.AddRange(OfData(file, Parse(DataUrl.Parse, file, i)));
            else
                throw new FormatException($"parts[{i}].url: give a file: or a data: URL; others are not read.");
        }

        return read;
    }

    private static T Parse<T>(Func<string, T> parse, FilePromptPart file, int index)
    {
        try
        {
            return parse(file.Url);
        }
        catch (FormatException e)
        {
            throw new FormatException($"parts[{index}].url: {e.Message}", e);
        }
    }

    private PromptPart[] OfPath(FilePromptPart file, FileUrl url)
    {
        var read = FileReader.Read(files, url.Path, url.First, url.Count, cancellationToken);
        if (read is MediaRead media && (_room -= media.Data.Length) < 0)
            read = new NotRead(read.Path, $"The file {read.Path} is not attached: {_tooLarge}");

        return read switch
        {
            MediaRead m => [SyntheticText($"The user attached a file. {m.Told}"), file with { Mime = m.MimeType, Url = $"data:{m.MimeType};base64,{Convert.ToBase64String(m.Data)}" }],
            NotRead m => [SyntheticText($"The user attached a file that could not be read. {m.Told}"), file],
            FolderRead m => [SyntheticText($"The user attached this folder:\n{m.Told}"), file],
            _ => [SyntheticText($"The user attached this file:\n{read.Told}{NearbyInstructions.Render(NearbyInstructions.Find(files, read.Path, directory, paths, _instructions))}"), file],
        };
    }

    private static PromptPart[] OfResource(FilePromptPart file, NamedResource resource) => resource.Content is { } content
        ?
        [
            SyntheticText($"The user attached this resource of the MCP server '{resource.Server}':\n<resource uri=\"{resource.Uri}\">\n{content.Text}\n</resource>"),
            .. content.Files.Select(static one => new FilePromptPart(one.MimeType, one.Url) { Filename = one.Filename }),
            file,
        ]
        : [SyntheticText($"The resource '{resource.Uri}' of the MCP server '{resource.Server}' is not attached: {_tooLarge}"), file];

    private static PromptPart[] OfData(FilePromptPart file, DataUrl data)
    {
        var start = data.DecodeStart(MediaTypes.Prefix);
        if (MediaTypes.Find(start) is { } mime)
            return [file with { Mime = mime }];
        if (MediaTypes.IsMedia(file.Mime))
            return [file];

        var bytes = data.Decode();
        return FileReader.IsText(bytes)
            ? [SyntheticText($"The user attached this text:\n<file name=\"{NameOf(file)}\">\n{TextOf(bytes)}\n</file>"), file]
            : [SyntheticText($"The user attached '{NameOf(file)}' ({file.Mime}, {bytes.Length} bytes). It is binary and cannot be shown."), file];
    }

    private static string TextOf(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes));
        return reader.ReadToEnd();
    }

    private static string NameOf(FilePromptPart file) => file.Filename ?? "unnamed";

    private static TextPromptPart SyntheticText(string text) => new(text) { Synthetic = true };
}
