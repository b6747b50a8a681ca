using System.Text;
using System.Text.Json;
using OpenCode.Actors.Sessions.Shell;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>The input of the bash tool.</summary>
internal sealed record BashInput(string Command, TimeSpan? Timeout, string? Description, string? WorkingDirectory)
{
    /// <summary>Reads an input.</summary>
    /// <param name="json">The model's input.</param>
    /// <param name="mistake">What is wrong with it, for the model to read; null when nothing is.</param>
    /// <returns>The input; null when it cannot be used.</returns>
    public static BashInput? Read(JsonElement json, out string? mistake)
    {
        mistake = null;
        if (Property(json, "command") is not { ValueKind: JsonValueKind.String } command || string.IsNullOrWhiteSpace(command.GetString()))
            mistake = "bash: 'command' is missing. Give the command line as a string.";
        else if (Encoding.UTF8.GetByteCount(command.GetString()!) > ShellLine.MostCharacters)
            mistake = $"bash: 'command' has {Encoding.UTF8.GetByteCount(command.GetString()!)} bytes; a shell can be given {ShellLine.MostCharacters}. Write the text into a file with the tool write, and use that file in the command.";
        else if (command.GetString()!.Contains('\0', StringComparison.Ordinal))
            mistake = "bash: 'command' holds a NUL character, which no shell can be given. Leave it out.";
        else if (Property(json, "timeout") is { } timeout && !(timeout.ValueKind == JsonValueKind.Number && timeout.GetDouble() is > 0 and < int.MaxValue))
            mistake = $"bash: 'timeout' is {timeout.GetRawText()}. Give milliseconds as a number above 0, or leave it out.";
        else if (Property(json, "description") is { ValueKind: not JsonValueKind.String })
            mistake = "bash: 'description' is not a string.";
        else if (Property(json, "workdir") is { ValueKind: not JsonValueKind.String })
            mistake = "bash: 'workdir' is not a string. Give the path of a folder, or leave it out.";
        else if (Property(json, "workdir")?.GetString()!.Contains('\0', StringComparison.Ordinal) == true)
            mistake = "bash: 'workdir' holds a NUL character. Give the path of a folder, or leave it out.";
        else
        {
            return new BashInput(
                command.GetString()!,
                Property(json, "timeout") is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds.GetDouble()) : null,
                Property(json, "description")?.GetString(),
                Property(json, "workdir")?.GetString() is { Length: > 0 } folder ? folder : null);
        }

        return null;
    }

    private static JsonElement? Property(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
