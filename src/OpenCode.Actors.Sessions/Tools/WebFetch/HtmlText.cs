using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace OpenCode.Actors.Sessions.Tools.WebFetch;

/// <summary>Turns HTML into text for a model, tag by tag and without a tree: the cost depends on the length of a page alone, not on its nesting.</summary>
internal sealed class HtmlText
{
    private const int MostNested = 32;

    private static readonly string[] _raw = ["script", "style"];

    private readonly StringBuilder _text = new();
    private readonly Stack<string?> _links = new();
    private readonly Stack<int?> _lists = new();
    private readonly bool _isMarkdown;
    private string? _skipped;
    private int _skippedDepth;
    private int _quotes;
    private int _newLines;
    private bool _hasSpace;
    private bool _isGlued = true;
    private bool _isVerbatim;

    private HtmlText(bool isMarkdown) => _isMarkdown = isMarkdown;

    /// <summary>Returns the visible text.</summary>
    public static string Plain(string html) => new HtmlText(isMarkdown: false).Write(html);

    /// <summary>Gives Markdown.</summary>
    public static string Markdown(string html) => new HtmlText(isMarkdown: true).Write(html);

    private string Write(string html)
    {
        foreach (var token in new TextSource(_raw.Aggregate(html, Without)).Tokenize((IEntityProvider?)null))
        {
            if (token is HtmlTagToken { Type: HtmlTokenType.StartTag or HtmlTokenType.EndTag } tag)
                Take(tag, isStart: tag.Type == HtmlTokenType.StartTag);
            else if (token.Type == HtmlTokenType.Character && _skipped is null)
                AppendText(token.Data);
        }

        return _text.ToString().Trim();
    }

    // The tokenizer reads the content of these as tags.
    private static string Without(string html, string name)
    {
        StringBuilder? kept = null;
        var from = 0;
        while (html.IndexOf($"<{name}", from, StringComparison.OrdinalIgnoreCase) is >= 0 and var start)
        {
            kept = (kept ?? new StringBuilder()).Append(html, from, start - from);
            from = html.IndexOf($"</{name}", start, StringComparison.OrdinalIgnoreCase) is >= 0 and var end ? end : html.Length;
        }

        return kept is null ? html : kept.Append(html, from, html.Length - from).ToString();
    }

    private void Take(HtmlTagToken tag, bool isStart)
    {
        if (_skipped is not null)
        {
            if (tag.Name == _skipped && (_skippedDepth += isStart ? 1 : -1) == 0)
                _skipped = null;
        }
        else if (tag.Name is "title" or "noscript" or "template" or "svg" or "iframe" or "object" && isStart && !tag.IsSelfClosing)
            (_skipped, _skippedDepth) = (tag.Name, 1);
        else if (isStart)
            Open(tag);
        else
            Close(tag.Name);
    }

    private void Open(HtmlTagToken tag)
    {
        switch (tag.Name)
        {
            case "br":
                Break(1, isExact: true);
                break;
            case "hr":
                Break(2);
                Mark("---");
                Break(2);
                break;
            case "pre":
                Break(2);
                Mark("```\n");
                _isVerbatim = true;
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                Break(2);
                Mark($"{new string('#', tag.Name[1] - '0')} ");
                break;
            case "strong" or "b" or "em" or "i" or "code":
                Mark(MarkOf(tag.Name));
                break;
            case "a":
                if (_links.Count < MostNested)
                    _links.Push(tag.GetAttribute("href") is { Length: > 0 } href ? href : null);
                if (_links.Peek() is not null)
                    Mark("[");
                break;
            case "img":
                if (tag.GetAttribute("alt") is { Length: > 0 } alt)
                    AppendText(_isMarkdown ? $"![{alt}]({tag.GetAttribute("src")})" : alt);
                break;
            case "ul" or "ol":
                Break(_lists.Count == 0 ? 2 : 1);
                if (_lists.Count < MostNested)
                    _lists.Push(tag.Name == "ol" ? 0 : null);
                break;
            case "li":
                Break(1);
                Mark(NextEntry());
                break;
            case "blockquote":
                Break(2);
                _quotes = Math.Min(_quotes + 1, MostNested);
                break;
            case "tr":
                Break(1);
                break;
            case "td" or "th":
                _hasSpace = true;
                Mark("| ");
                break;
            default:
                if (IsBlock(tag.Name))
                    Break(2);
                break;
        }
    }

    private void Close(string name)
    {
        switch (name)
        {
            case "pre":
                EndVerbatim();
                Mark("```");
                Break(2);
                break;
            case "strong" or "b" or "em" or "i" or "code":
                EndMark(MarkOf(name));
                break;
            case "a":
                if (_links.TryPop(out var href) && href is not null)
                    EndMark($"]({href})");
                break;
            case "ul" or "ol":
                _lists.TryPop(out _);
                Break(_lists.Count == 0 ? 2 : 1);
                break;
            case "blockquote":
                Break(2);
                _quotes = Math.Max(_quotes - 1, 0);
                break;
            case "tr":
                _hasSpace = true;
                Mark("|");
                Break(1);
                break;
            case "li":
                Break(1);
                break;
            default:
                if (IsBlock(name) || name is ['h', >= '1' and <= '6'])
                    Break(2);
                break;
        }
    }

    private string NextEntry()
    {
        if (!_lists.TryPop(out var count))
            return "- ";

        _lists.Push(count + 1);
        return count is { } before ? string.Create(CultureInfo.InvariantCulture, $"{before + 1}. ") : "- ";
    }

    // Text outside of pre has its blanks joined.
    private void AppendText(string text)
    {
        if (_isVerbatim)
        {
            Flush();
            _text.Append(_text.Length > 0 && _text[^1] == '\n' ? text.TrimStart('\n') : text);
            return;
        }

        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                _hasSpace = true;
                continue;
            }

            Flush();
            _text.Append(c);
        }
    }

    private void EndVerbatim()
    {
        _isVerbatim = false;
        while (_text.Length > 0 && _text[^1] == '\n')
            _text.Length--;
        Break(1);
    }

    private void Mark(string mark)
    {
        if (!_isMarkdown)
            return;

        Flush();
        _text.Append(mark);
        _isGlued = true;
    }

    private void EndMark(string mark)
    {
        if (!_isMarkdown)
            return;

        var hadSpace = _hasSpace;
        _hasSpace = false;
        Flush();
        _text.Append(mark);
        _hasSpace = hadSpace;
    }

    private void Break(int lines, bool isExact = false)
    {
        _newLines = isExact ? _newLines + lines : Math.Max(_newLines, lines);
        _hasSpace = false;
    }

    // Lines and blanks are written before what follows them, so that none is left at the end.
    private void Flush()
    {
        if (_newLines > 0 && _text.Length > 0)
        {
            var prefix = _isMarkdown ? string.Concat(Enumerable.Repeat("> ", _quotes)) + new string(' ', 2 * Math.Max(_lists.Count - 1, 0)) : "";
            for (var line = Math.Min(_newLines, 2); line > 0; line--)
                _text.Append('\n').Append(prefix);
            _isGlued = true;
        }
        else if (_newLines > 0 && _isMarkdown && _quotes > 0)
        {
            _text.Append("> ");
        }

        if (_hasSpace && !_isGlued)
            _text.Append(' ');
        (_newLines, _hasSpace, _isGlued) = (0, false, false);
    }

    private static string MarkOf(string name) => name switch
    {
        "code" => "`",
        "em" or "i" => "*",
        _ => "**",
    };

    private static bool IsBlock(string name) =>
        name is "p" or "div" or "section" or "article" or "main" or "header" or "footer" or "nav" or "aside" or "table" or "form" or "dl" or "dt" or "dd" or "figure" or "address";
}
