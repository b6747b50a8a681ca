using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace OpenCode.Actors.Sessions.Tools.WebFetch;

/// <summary>Turns HTML into text that a model reads.</summary>
internal static class HtmlText
{
    private const string Unread = "script, style, noscript, template, svg, iframe, object, embed, meta, link";

    // Linear, since pages are anybody's.
    private static readonly Regex _blank = new(@"\s+", RegexOptions.NonBacktracking);
    private static readonly Regex _gap = new(@"[ \t]*\n([ \t]*\n)+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    /// <summary>Gives the visible text.</summary>
    public static string Plain(string html) => _blank.Replace(Parse(html).Body?.TextContent ?? "", static gap => gap.Value.Contains('\n', StringComparison.Ordinal) ? "\n" : " ").Trim();

    /// <summary>Gives Markdown.</summary>
    public static string Markdown(string html) => _gap.Replace(Inside(Parse(html).Body), "\n\n").Trim();

    private static IDocument Parse(string html)
    {
        var page = new HtmlParser().ParseDocument(html);
        foreach (var element in page.QuerySelectorAll(Unread).ToList())
            element.Remove();
        return page;
    }

    private static string Inside(INode? node) => node is null ? "" : string.Concat(node.ChildNodes.Select(Of));

    private static string Of(INode node) => node switch
    {
        IText text => _blank.Replace(text.Data, " "),
        IElement element => Of(element),
        _ => "",
    };

    private static string Of(IElement element) => element.LocalName switch
    {
        "h1" or "h2" or "h3" or "h4" or "h5" or "h6" => $"\n\n{new string('#', element.LocalName[1] - '0')} {Inside(element).Trim()}\n\n",
        "br" => "\n",
        "hr" => "\n\n---\n\n",
        "pre" => $"\n\n```\n{element.TextContent.Trim('\n')}\n```\n\n",
        "code" => $"`{element.TextContent}`",
        "strong" or "b" => $"**{Inside(element).Trim()}**",
        "em" or "i" => $"*{Inside(element).Trim()}*",
        "a" when element.GetAttribute("href") is { Length: > 0 } href => $"[{Inside(element).Trim()}]({href})",
        "img" => element.GetAttribute("alt") is { Length: > 0 } alt ? $"![{alt}]({element.GetAttribute("src")})" : "",
        "li" => $"\n{(element.ParentElement?.LocalName == "ol" ? $"{element.Index() + 1}." : "-")} {Inside(element).Trim().Replace("\n", "\n  ", StringComparison.Ordinal)}",
        "tr" => $"\n| {string.Join(" | ", element.Children.Select(static cell => Inside(cell).Trim()))} |",
        "blockquote" => $"\n\n> {Inside(element).Trim().Replace("\n", "\n> ", StringComparison.Ordinal)}\n\n",
        "p" or "div" or "section" or "article" or "main" or "header" or "footer" or "nav" or "aside" or "ul" or "ol" or "table" or "form" or "dl" => $"\n\n{Inside(element).Trim(' ')}\n\n",
        _ => Inside(element),
    };
}
