using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpenCode.Actors.Protocol.Texts;

namespace OpenCode.Actors.Sessions.Models.Embedded;

/// <summary>Chooses the reply of the embedded model: a pure function of the conversation.</summary>
internal static partial class EmbeddedScript
{
    private const int MaxSlowWords = 100_000;
    private const int MaxQuotedCharacters = 4_000;
    private const string ConversationStart = "<conversation>";
    private const string ConversationEnd = "</conversation>";
    private const string Bash = "bash";
    private const string Question = "question";

    private static readonly TimeSpan _slowPace = TimeSpan.FromMilliseconds(50);

    /// <summary>Decides the next step of a conversation.</summary>
    public static EmbeddedReply Answer(ModelRequest request) => (request.Messages.Count == 0 ? null : request.Messages[^1]) switch
    {
        ToolResult result => new EmbeddedReply { Text = EmbeddedTexts.Result(result.ToolName, Quote(OutputOf(result)), ExitCodeOf(result), result.IsError) },
        UserTurn asked when request.Tools.Count == 0 && EndOfConversation(asked.Text) is { } end => new EmbeddedReply { Text = EmbeddedTexts.Summary(end) },
        UserTurn prompt => Obey(Unquote(prompt.Text.Trim()), request),
        _ => new EmbeddedReply { Text = EmbeddedTexts.Introduction("") },
    };

    // Asked for a summary, it has no words of its own.
    private static string? EndOfConversation(string text)
    {
        var (start, end) = (text.IndexOf(ConversationStart, StringComparison.Ordinal), text.LastIndexOf(ConversationEnd, StringComparison.Ordinal));
        if (start < 0 || end < start)
            return null;

        var told = text[(start + ConversationStart.Length)..end];
        return told[TextCut.EndStart(told, MaxQuotedCharacters)..];
    }

    private static EmbeddedReply Obey(string prompt, ModelRequest request)
    {
        var command = Command().Match(prompt);
        var argument = command.Success ? prompt[command.Length..].Trim() : "";
        return command.Groups["name"].Value.ToUpperInvariant() switch
        {
            "RUN" when argument.Length > 0 => Run(argument, request),
            "SLOW" => Slow(argument),
            "THINK" => new EmbeddedReply { Reasoning = argument, Text = EmbeddedTexts.Thought },
            "ASK" when argument.Length > 0 => Ask(argument, request),
            "FAIL" => Fail(argument),
            _ => new EmbeddedReply { Text = EmbeddedTexts.Introduction(Quote(prompt)) },
        };
    }

    private static EmbeddedReply Run(string commandLine, ModelRequest request) => Call(
        request,
        Bash,
        new BashCall(commandLine, "Runs the command of the prompt"),
        EmbeddedJson.Default.BashCall);

    private static EmbeddedReply Ask(string argument, ModelRequest request)
    {
        var fields = argument.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var labels = fields.Length > 1 ? fields[1..] : ["Yes", "No"];
        return Call(
            request,
            Question,
            new QuestionCall([new QuestionAsked(fields.FirstOrDefault() ?? argument, "Question", [.. labels.Select(static label => new QuestionOption(label, label))])]),
            EmbeddedJson.Default.QuestionCall);
    }

    private static EmbeddedReply Call<T>(ModelRequest request, string tool, T input, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        request.Tools.Any(offered => offered.Name == tool)

            // The conversation only grows, so its length names this call among those of its session.
            ? new EmbeddedReply { Call = new ToolCall($"call_{request.Messages.Count}", tool, JsonSerializer.SerializeToElement(input, type)) }
            : new EmbeddedReply { Text = EmbeddedTexts.NotOffered(tool) };

    private static EmbeddedReply Slow(string argument) =>
        int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var wordCount) && wordCount is >= 1 and <= MaxSlowWords
            ? new EmbeddedReply { Text = string.Join(' ', Enumerable.Range(1, wordCount).Select(static i => $"word{i}")), Pace = _slowPace }
            : new EmbeddedReply { Text = EmbeddedTexts.BadSlow(MaxSlowWords) };

    private static EmbeddedReply Fail(string argument)
    {
        if (!int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 400 or > 599)
            return new EmbeddedReply { Text = EmbeddedTexts.BadFail };

        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["content-type"] = "application/json" };
        if (status == 429)
            headers["retry-after"] = "3";
        var message = $"The embedded model failed with status {status}, as it was asked to.";
        return new EmbeddedReply
        {
            Failure = new ModelException(
                message,
                retryable: status is 408 or 409 or 429 or >= 500,
                status,
                status == 429 ? TimeSpan.FromSeconds(3) : null,
                headers,
                $$$"""{"error":{"message":"{{{message}}}","code":"{{{status}}}"}}"""),
        };
    }

    // `opencode run "run: ls"` sends the argument in quotation marks because it has a space in it, with those inside it escaped.
    private static string Unquote(string prompt) =>
        prompt is ['"', .. var inner, '"'] && Command().IsMatch(inner) ? inner.Replace("\\\"", "\"", StringComparison.Ordinal) : prompt;

    private static string Quote(string text) => TextCut.Start(text, MaxQuotedCharacters, " […]");

    // The bash tool puts the code below the output when it is not 0.
    private static string? ExitCodeOf(ToolResult result) =>
        result.ToolName != Bash ? null : ExitCode().Match(result.Output) is { Success: true } match ? match.Groups["code"].Value : "0";

    private static string OutputOf(ToolResult result) => result.ToolName == Bash ? ExitCode().Replace(result.Output, "") : result.Output;

    [GeneratedRegex("^(?<name>run|slow|think|ask|fail):", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Command();

    [GeneratedRegex(@"\[Exit code: (?<code>\d+)\]\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ExitCode();
}
