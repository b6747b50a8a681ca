using System.Text;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>Cuts a result that is too long for a model. The model gets its start, where the best matches and the head of a document are; the whole goes into a file.</summary>
internal static class LongResult
{
    /// <summary>Cuts a text if it is too long.</summary>
    /// <returns>The text for the model, and the path of the file with all of it; null when nothing was cut.</returns>
    public static async Task<(string Text, string? Path)> CutAsync(string text, IOutputFolder outputs, string name)
    {
        var length = LengthOf(text);
        if (length == text.Length)
            return (text, null);

        var start = text[..length];
        try
        {
            var (path, file) = await outputs.CreateAsync(name);
            await using (file)
                await file.WriteAsync(Encoding.UTF8.GetBytes(text));
            return ($"{start}\n\n[Result cut: this is its start, of {text.Length} characters. All of it is in {path}: look with grep, or read with offset and limit.]", path);
        }
        catch (IOException)
        {
            return ($"{start}\n\n[Result cut: this is its start, of {text.Length} characters. The rest could not be kept.]", "");
        }
    }

    private static int LengthOf(string text)
    {
        var lines = 0;
        var length = TextCut.StartLength(text, TailText.MostCharacters);
        for (var at = 0; at < length; at++)
        {
            if (text[at] == '\n' && ++lines == TailText.MostLines)
                return at;
        }

        return length;
    }
}
