using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Server.Config;

/// <summary>Replaces <c>{env:NAME}</c> (empty when not set) and <c>{file:PATH}</c> (trimmed) in every string of a configuration file.</summary>
/// <remarks>Works on parsed strings, not on the text: a value with a quote in it cannot change the structure.</remarks>
internal sealed partial class ConfigReferences(string source, IConfigSource files, ICollection<ConfigMistake> mistakes)
{
    private readonly Dictionary<string, string> _unset = new(StringComparer.Ordinal);
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Gets the variables that are not set, by the full key that names them.</summary>
    public IReadOnlyDictionary<string, string> Unset => _unset;

    /// <summary>Gets the texts that have something of a variable or of another file in them.</summary>
    public IReadOnlyCollection<string> Texts => _texts;

    /// <summary>Gets the variables that are named.</summary>
    public IReadOnlyCollection<string> Variables => _variables;

    public void Replace(JsonObject json) => Replace(json, "");

    private void Replace(JsonNode node, string key)
    {
        switch (node)
        {
            case JsonObject o:
                foreach (var (name, value) in o.ToArray())
                    ReplaceChild(value, key.Length == 0 ? name : $"{key}.{name}", text => o[name] = text);

                break;
            case JsonArray a:
                for (var i = 0; i < a.Count; i++)
                {
                    var at = i;
                    ReplaceChild(a[i], $"{key}.{at}", text => a[at] = text);
                }

                break;
        }
    }

    private void ReplaceChild(JsonNode? child, string key, Action<string> set)
    {
        if (child is JsonValue value && value.TryGetValue(out string? text))
        {
            var replaced = text.Contains('{', StringComparison.Ordinal) ? Reference.Replace(text, match => Look(match.Groups["kind"].ValueSpan, match.Groups["name"].Value, key)) : text;
            if (replaced == text)
                return;

            _texts.Add(replaced);
            set(replaced);
        }
        else if (child is not null)
        {
            Replace(child, key);
        }
    }

    private string Look(ReadOnlySpan<char> kind, string name, string key)
    {
        try
        {
            if (kind is "env" && SecretVariables.IsOfServer(name) && !key.StartsWith("server.", StringComparison.Ordinal))
            {
                mistakes.Add(new ConfigMistake(source, key, $"names the variable '{name}', a secret of this server that is for nothing else."));
                return "";
            }

            if (kind is "env")
            {
                _variables.Add(name);
                if (files.Variable(name) is { Length: > 0 } value)
                    return value;

                _unset[key] = name;
                return "";
            }

            var path = name.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(files.Home, name[2..]) : name;
            path = Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(source)) ?? "/");
            if (files.ReadText(path) is { } text)
                return text.Trim();

            mistakes.Add(new ConfigMistake(source, key, $"names the file '{path}', which does not exist: create it, or name another one."));
        }
        catch (IOException e)
        {
            mistakes.Add(new ConfigMistake(source, key, $"names what cannot be read: {e.Message}"));
        }

        return "";
    }

    [GeneratedRegex(@"\{(?<kind>env|file):(?<name>[^}]+)\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Reference { get; }
}
