namespace OpenCode.Actors.Sessions.Models.Embedded;

/// <summary>The embedded model's sentences.</summary>
internal static class EmbeddedTexts
{
    public const string Thought = "I streamed your text as reasoning. That is all the thinking the embedded model of OpenCode.Actors can do.";

    public const string BadFail = "Tell me the HTTP status to fail with, from 400 to 599. For example: `fail: 500`.";

    private const string AboutMe =
        """
        I am the embedded model of OpenCode.Actors. I work offline and by fixed rules, so I cannot really answer you. To talk to a real model, configure a provider in `opencode.json`, for example:

        ```json
        {
          "model": "ollama/qwen3",
          "provider": {
            "ollama": {
              "options": { "baseURL": "http://127.0.0.1:11434/v1" },
              "models": { "qwen3": { "name": "Qwen 3" } }
            }
          }
        }
        ```

        Any server that speaks the OpenAI API will do; `"apiKey": "{env:MY_KEY}"` in `options` gives it a key.

        Until then I can show that everything works. Start a prompt with one of these:

        - `run: ls` runs a command in the shell and reports its output
        - `slow: 100` streams as many words, 20 a second
        - `think: TEXT` streams reasoning before the answer
        - `ask: Tea or coffee? | Tea | Coffee` asks you a question
        - `fail: 500` fails as a provider would (also 429, which is tried again, and 400, which is not)
        """;

    public static string Introduction(string quotedPrompt) => quotedPrompt.Length == 0
        ? AboutMe
        : $"You wrote:\n\n> {quotedPrompt.ReplaceLineEndings("\n> ")}\n\n{AboutMe}";

    public static string NotOffered(string tool) =>
        $"I would call the tool `{tool}` for that, but it is not offered to me here: it is switched off for this prompt or denied by the permissions of this session.";

    public static string Summary(string end) => $"The embedded model cannot sum up. The conversation ended with:\n\n{end.Trim()}";

    public static string BadSlow(int maxWords) => $"Tell me how many words to stream, from 1 to {maxWords}. For example: `slow: 100`.";

    public static string Result(string tool, string output, string? exitCode, bool isError)
    {
        if (isError)
            return $"The tool `{tool}` did not do its work: {output}";
        if (exitCode is null)
            return $"The tool `{tool}` answered: {output}";

        var fence = output.Contains("```", StringComparison.Ordinal) ? "~~~~" : "```";
        return output.Length == 0
            ? $"The command ended with exit code {exitCode} and wrote nothing."
            : $"The command ended with exit code {exitCode}. It wrote:\n\n{fence}\n{output.TrimEnd('\n')}\n{fence}";
    }
}
