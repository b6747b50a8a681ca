using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OpenCode.Actors.Server.Config;

/// <summary>Splits a Markdown file of the configuration into the YAML between two lines of <c>---</c> and the text behind it.</summary>
internal static partial class FrontMatter
{
    /// <summary>Reads a file. Returns null and notes the mistake when its YAML cannot be read.</summary>
    public static (JsonObject Head, string Body)? Read(string text, string source, ICollection<ConfigMistake> mistakes)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        if (!text.StartsWith("---\n", StringComparison.Ordinal))
            return ([], text.Trim());

        var end = Fence.Match(text, 3);
        if (!end.Success)
        {
            mistakes.Add(new ConfigMistake(source, "", "begins with --- and has no second line of ---: end the YAML with one, or take the first away."));
            return null;
        }

        var body = text[(end.Index + end.Length)..].Trim();
        var yaml = text[4..(end.Index + 1)];
        try
        {
            // opencode takes "description: a: b", which YAML does not.
            return (TryParse(yaml) ?? Parse(Colons.Replace(yaml, static line => $"{line.Groups["key"].Value}: '{line.Groups["value"].Value.Replace("'", "''", StringComparison.Ordinal)}'")), body);
        }
        catch (Exception e) when (e is YamlException or FormatException or ArgumentException)
        {
            mistakes.Add(new ConfigMistake(source, "", $"has YAML between its lines of --- that cannot be read: {e.Message}"));
            return null;
        }
    }

    private static JsonObject? TryParse(string yaml)
    {
        try
        {
            return Parse(yaml);
        }
        catch (YamlException)
        {
            return null;
        }
    }

    private static JsonObject Parse(string yaml)
    {
        YamlJson.CheckDepth(yaml);
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Count == 0 ? [] : new YamlJson().Of(stream.Documents[0].RootNode) switch
        {
            null => [],
            JsonObject head => head,
            _ => throw new FormatException("it is no mapping of keys to values."),
        };
    }

    [GeneratedRegex(@"\n---[ \t]*(?=\n|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Fence { get; }

    [GeneratedRegex(@"^(?<key>[A-Za-z_]\w*): *(?<value>[^'""\[{|>\s][^\n]*:[^\n]*?)[ \t]*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.NonBacktracking, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Colons { get; }
}
