using System.Text.RegularExpressions;
using OpenCode.Actors.Protocol.Texts;

namespace OpenCode.Actors.Sessions.Titles;

/// <summary>Titles of sessions, as texts.</summary>
internal static partial class TitleText
{
    private const int MostCharacters = 100;
    private const int MostOfPrompt = 50;

    /// <summary>Returns whether a title is the default of a new session.</summary>
    public static bool IsDefault(string title) => Default.IsMatch(title);

    /// <summary>Makes a title of what a model answered: the first line that is not thought.</summary>
    /// <returns>The title; null when there is none in it.</returns>
    public static string? OfAnswer(string answer) => FirstLine(Thought.Replace(answer, "")) is { } line ? Cut(line, MostCharacters) : null;

    /// <summary>Makes a title of the prompt itself.</summary>
    /// <returns>The title; null when there is none in it.</returns>
    public static string? OfPrompt(string prompt) => FirstLine(prompt) is { } line ? Cut(line, MostOfPrompt) : null;

    private static string? FirstLine(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Trim() is { IsEmpty: false } found)
                return found.ToString();
        }

        return null;
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : TextCut.Start(text, most - 1).TrimEnd() + "…";

    [GeneratedRegex(@"\A(New|Child) session - \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Default { get; }

    [GeneratedRegex(@"<think>.*?(</think>|\z)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Thought { get; }
}
