using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OpenCode.Actors.Server.Config;

/// <summary>Takes a Markdown file of the configuration apart: what stands in YAML between two lines of <c>---</c>, and the text behind it.</summary>
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
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Count == 0 ? [] : Json(stream.Documents[0].RootNode, 0) switch
        {
            null => [],
            JsonObject head => head,
            _ => throw new FormatException("it is no mapping of keys to values."),
        };
    }

    // An alias can name what contains it; a configuration is never that deep.
    private static JsonNode? Json(YamlNode node, int depth) => node switch
    {
        _ when depth > 32 => throw new FormatException("it is nested too deep."),
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(Key(pair.Key), Json(pair.Value, depth + 1)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(child => Json(child, depth + 1))]),
        YamlScalarNode { Style: not ScalarStyle.Plain } quoted => JsonValue.Create(quoted.Value),
        YamlScalarNode plain => Plain(plain.Value ?? ""),
        _ => throw new FormatException("it has a node of an unknown kind."),
    };

    private static string Key(YamlNode node) => node is YamlScalarNode { Value: { } key } ? key : throw new FormatException("a key is no text.");

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when Number.IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    [GeneratedRegex(@"\n---[ \t]*(?=\n|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Fence { get; }

    [GeneratedRegex(@"^(?<key>[A-Za-z_]\w*): *(?<value>[^'""\[{|>\s][^\n]*:[^\n]*?)[ \t]*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Colons { get; }

    [GeneratedRegex(@"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Number { get; }
}
