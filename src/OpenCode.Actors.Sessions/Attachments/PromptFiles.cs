using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>Reads the files of a prompt when it is taken, before it goes to its session, and stores the text for the model with the prompt (rule "A file is read once").</summary>
/// <remarks>The user names the file, so it may be outside of the location, and no permission is asked. Each file part stays as it is, for clients to show; what was read of it
/// is before it as a text part that is <c>synthetic</c>. An image or a PDF becomes the data of its part.</remarks>
internal sealed class PromptFiles(IFileWork work, IPathFacts paths, TimeProvider time, ToolServerContents? servers = null)
{
    /// <summary>How large the media and resources of a prompt may be together. The rest is left out with a word.</summary>
    public const long MostBytes = 24 << 20;

    private const int MostFiles = 200;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    private readonly PromptResources _resources = new(servers, time);

    /// <summary>True if a prompt has files.</summary>
    public static bool Has(TakePrompt command) => command.Request.Parts.Any(static part => part is FilePromptPart);

    /// <summary>Reads the files of a prompt.</summary>
    /// <param name="command">The prompt.</param>
    /// <param name="directory">The location of its session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The command with what was read; or <see cref="PromptRejected"/>.</returns>
    public async Task<object> ReadAsync(TakePrompt command, string directory, CancellationToken cancellationToken)
    {
        var parts = command.Request.Parts;
        if (parts.Count(static part => part is FilePromptPart) > MostFiles)
            return new PromptRejected($"parts: a prompt has at most {MostFiles} files. Leave some out, or send them with another prompt.");

        try
        {
            var resources = await _resources.ReadAsync(parts, directory, cancellationToken);
            var read = await work.DoAsync((files, token) => new PromptFilesReading(files, paths, directory, resources, token).Read(parts), _limit, cancellationToken);
            return command with { Request = command.Request with { Parts = read } };
        }
        catch (FormatException e)
        {
            return new PromptRejected(e.Message);
        }
        catch (TimeoutException e)
        {
            return new PromptRejected($"The files of the prompt could not be read. {e.Message} Nothing was done; send it again, or without them.");
        }
    }
}
