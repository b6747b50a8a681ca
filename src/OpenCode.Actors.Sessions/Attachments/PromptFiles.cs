using System.Text.Json;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>Reads the files of a prompt when it is taken, before it goes to its session: what the model is told of them is stored with the prompt (rule "A file is read once").</summary>
/// <remarks>The user names the file, so it may stand outside of the location, and no permission is asked. Each file part stays as it is, for clients to show; what was read of it
/// stands before it as a text part that is <c>synthetic</c>. An image or a PDF becomes the data of its part.</remarks>
internal sealed class PromptFiles(IFileWork work)
{
    private const int MostFiles = 200;
    private const long MostMediaBytes = 24 << 20;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    /// <summary>Reads the files of a command that has some.</summary>
    /// <returns>The command with what was read; or <see cref="PromptRejected"/>.</returns>
    public async Task<object> ReadAsync(TakePrompt command, CancellationToken cancellationToken)
    {
        var parts = command.Request.Parts;
        if (!parts.Any(static part => part is FilePromptPart))
            return command;
        if (parts.Count(static part => part is FilePromptPart) > MostFiles)
            return new PromptRejected($"parts: a prompt has at most {MostFiles} files.");

        try
        {
            var read = await work.DoAsync((files, token) => Read(files, parts, token), _limit, cancellationToken);
            return command with { Request = command.Request with { Parts = read } };
        }
        catch (FormatException e)
        {
            return new PromptRejected(e.Message);
        }
        catch (TimeoutException e)
        {
            return new PromptRejected($"The files of the prompt could not be read. {e.Message}");
        }
    }

    private static List<PromptPart> Read(IFileTree files, IReadOnlyList<PromptPart> parts, CancellationToken cancellationToken)
    {
        var read = new List<PromptPart>();
        var room = MostMediaBytes;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is not FilePromptPart file)
                read.Add(parts[i]);
            else if (file.Source is { ValueKind: JsonValueKind.Object } source && source.TryGetProperty("type", out var kind) && kind.ValueEquals("resource"))
                throw new FormatException($"parts[{i}].source: resources of MCP servers are not supported.");
            else if (FileUrl.Is(file.Url))
                read.AddRange(OfPath(file, ReadPath(files, Parse(FileUrl.Parse, file, i), cancellationToken), ref room));
            else if (DataUrl.Is(file.Url))
                read.AddRange(OfData(file, Parse(DataUrl.Parse, file, i)));
            else
                throw new FormatException($"parts[{i}].url: give a file: or a data: URL; others are not read.");
        }

        return read;
    }

    private static FileRead ReadPath(IFileTree files, FileUrl url, CancellationToken cancellationToken) =>
        FileReader.Read(files, url.Path, url.First, url.Count, cancellationToken);

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

    private static PromptPart[] OfPath(FilePromptPart file, FileRead read, ref long room)
    {
        if (read is MediaRead media && (room -= media.Data.Length) < 0)
            read = new NotRead(read.Path, $"The file {read.Path} is not attached: the files of a prompt are larger than {MostMediaBytes >> 20} MiB together.");

        return read switch
        {
            MediaRead m => [Told($"The user attached a file. {m.Told}"), file with { Mime = m.MimeType, Url = $"data:{m.MimeType};base64,{Convert.ToBase64String(m.Data)}" }],
            NotRead m => [Told($"The user attached a file that could not be read. {m.Told}"), file],
            FolderRead m => [Told($"The user attached this folder:\n{m.Told}"), file],
            _ => [Told($"The user attached this file:\n{read.Told}"), file],
        };
    }

    private static PromptPart[] OfData(FilePromptPart file, DataUrl data)
    {
        var start = data.DecodeStart(MediaTypes.Prefix);
        if (MediaTypes.Find(start) is { } mime)
            return [file with { Mime = mime }];
        if (MediaTypes.IsMedia(file.Mime))
            return [file];

        var bytes = data.Decode();
        return FileReader.IsText(bytes)
            ? [Told($"The user attached this text:\n<file name=\"{NameOf(file)}\">\n{TextOf(bytes)}\n</file>"), file]
            : [Told($"The user attached '{NameOf(file)}' ({file.Mime}, {bytes.Length} bytes). It is binary and cannot be shown."), file];
    }

    private static string TextOf(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes));
        return reader.ReadToEnd();
    }

    private static string NameOf(FilePromptPart file) => file.Filename ?? "unnamed";

    private static TextPromptPart Told(string text) => new(text) { Synthetic = true };
}
