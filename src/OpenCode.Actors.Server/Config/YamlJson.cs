using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace OpenCode.Actors.Server.Config;

/// <summary>Converts YAML to JSON, with limits: ten lines of aliases may expand to more than the memory holds.</summary>
internal sealed partial class YamlJson
{
    private const int Deepest = 32;
    private const int MostNodes = 10_000;
    private const int MostCharacters = 1 << 20;

    private int _nodes;
    private long _characters;

    /// <summary>Refuses nesting that is too deep for a recursive reader.</summary>
    /// <exception cref="FormatException">It is.</exception>
    public static void CheckDepth(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > Deepest)
                throw new FormatException($"it is nested deeper than {Deepest}.");
        }
    }

    /// <summary>Makes the JSON of a node, with a copy of what each alias names.</summary>
    /// <exception cref="FormatException">It is too much, or no JSON.</exception>
    public JsonNode? Of(YamlNode node) => Of(node, 0);

    private JsonNode? Of(YamlNode node, int depth)
    {
        // An alias can name what contains it.
        if (depth > Deepest)
            throw new FormatException($"it is nested deeper than {Deepest}.");
        Count(node);
        return node switch
        {
            YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(Key(pair.Key), Of(pair.Value, depth + 1)))),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(child => Of(child, depth + 1))]),
            YamlScalarNode { Style: not ScalarStyle.Plain } quoted => JsonValue.Create(quoted.Value),
            YamlScalarNode plain => Plain(plain.Value ?? ""),
            _ => throw new FormatException("it has a node of an unknown kind."),
        };
    }

    private string Key(YamlNode node)
    {
        Count(node);
        return node is YamlScalarNode { Value: { } key } ? key : throw new FormatException("a key is no text.");
    }

    private void Count(YamlNode node)
    {
        _characters += (node as YamlScalarNode)?.Value?.Length ?? 0;
        if (++_nodes > MostNodes || _characters > MostCharacters)
            throw new FormatException($"with its aliases it has more than {MostNodes} keys and values, or more than {MostCharacters >> 20} MiB.");
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when Number.IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    [GeneratedRegex(@"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Number { get; }
}
