using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Functions;

namespace OpenCode.Actors.Sessions.Tools.WebFetch;

/// <summary>Reads a page on the web.</summary>
internal sealed class WebFetchTool(IWebPages pages, TimeProvider time) : FunctionTool
{
    public const string Name = "webfetch";

    /// <summary>What the pattern of a host begins with that is this machine or in a private network.</summary>
    public const string PrivatePrefix = "private:";

    private const int DefaultSeconds = 30;
    private const int MostSeconds = 120;
    private const int MostCharacters = 100_000;
    private const string Markdown = "markdown";

    public override bool ChangesFiles => false;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Fetches a page from the web and gives its text. HTML becomes Markdown unless you want it otherwise. It changes nothing. "
        + "A page may be 5 MB at most; of its text you get the first 100,000 characters. A redirect to another host is reported, not followed. The user is asked about pages on this machine and in private networks.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "url": { "type": "string", "description": "The page: an http or https URL." },
                "format": { "type": "string", "enum": ["text", "markdown", "html"], "default": "markdown", "description": "What HTML is turned into." },
                "timeout": { "type": "number", "description": "Seconds to wait; 30 when left out, 120 at most." }
              },
              "required": ["url"]
            }
            """));

    public override async Task<ToolOutcome> RunAsync(ToolCall call, ToolContext context, CancellationToken cancellationToken)
    {
        var (url, format, seconds) = Read(InputOf(call));
        var limit = TimeSpan.FromSeconds(Math.Min(seconds ?? DefaultSeconds, MostSeconds));
        using var deadline = new CancellationTokenSource(limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var page = await pages.FetchAsync(url, PrivateNetworks.Has(url), given.Token);
            var text = Shorten(TextOf(url, page, format));
            return new ToolOutcome($"{url} ({page.MediaType})", text, ProtocolJson.EmptyObject);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToolRefusedException($"{url} did not answer within {limit.TotalSeconds:0} s. Fetch it again with a longer 'timeout' (120 at most), or do without it.");
        }
    }

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location)
    {
        var (url, format, seconds) = Read(input);
        var origin = url.GetLeftPart(UriPartial.Authority);
        var isPrivate = PrivateNetworks.Has(url);
        string[] names = [url.AbsoluteUri, input.Text("url"), .. isPrivate ? (string[])[PrivatePrefix + url.Authority] : []];
        return [new ToolPermission(Name, [.. names.Distinct(StringComparer.Ordinal)], isPrivate ? [PrivatePrefix + url.Authority, $"{origin}/*"] : ["*"], Metadata)];

        JsonElement Metadata() => JsonSerializer.SerializeToElement(new WebFetchQuestion(url.AbsoluteUri, format, seconds), WebFetchJson.Default.WebFetchQuestion);
    }

    private static (Uri Url, string Format, int? Seconds) Read(ToolInput input)
    {
        var url = Uri.TryCreate(input.Text("url"), UriKind.Absolute, out var parsed) && parsed is { Scheme: "http" or "https", UserInfo: "" }
            ? parsed
            : throw input.Mistake("url", "is no http or https URL without a password. Give one");
        return input.OptionalText("format") switch
        {
            null => (url, Markdown, input.OptionalNumber("timeout", 1)),
            "text" or Markdown or "html" => (url, input.OptionalText("format")!, input.OptionalNumber("timeout", 1)),
            _ => throw input.Mistake("format", "is unknown. Give text, markdown or html"),
        };
    }

    private static string TextOf(Uri url, WebPage page, string format)
    {
        if (page.MediaType.Length > 0 && !IsText(page.MediaType))
            throw new ToolRefusedException($"{url} is {page.MediaType}, which is no text. Fetch another page.");

        var isHtml = page.MediaType is "text/html" or "application/xhtml+xml";
        return !isHtml || format == "html" ? page.Text : format == "text" ? HtmlText.Plain(page.Text) : HtmlText.Markdown(page.Text);
    }

    private static bool IsText(string type) => type.StartsWith("text/", StringComparison.Ordinal)
        || type.EndsWith("json", StringComparison.Ordinal) || type.EndsWith("xml", StringComparison.Ordinal) || type.EndsWith("javascript", StringComparison.Ordinal) || type.EndsWith("yaml", StringComparison.Ordinal);

    private static string Shorten(string text) => TextCut.Start(text, MostCharacters, $"\n\n(The rest is left out: it has {text.Length} characters.)");
}
