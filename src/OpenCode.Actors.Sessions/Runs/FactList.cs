using System.Text;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>Facts in order. Consecutive texts of one kind are joined: a thousand words become one event.</summary>
internal sealed class FactList
{
    private readonly StringBuilder _text = new();
    private List<object> _facts = [];
    private bool _isReasoning;

    /// <summary>Gets a value indicating whether there is nothing.</summary>
    public bool IsEmpty => _facts.Count == 0 && _text.Length == 0;

    /// <summary>Adds a fact.</summary>
    public FactList Add(object fact)
    {
        if (fact is not TextStreamed text)
        {
            CloseText();
            _facts.Add(fact);
            return this;
        }

        if (text.IsReasoning != _isReasoning)
            CloseText();
        _isReasoning = text.IsReasoning;
        _text.Append(text.Text);
        return this;
    }

    /// <summary>Takes all of them.</summary>
    public IReadOnlyList<object> Take()
    {
        CloseText();
        var taken = _facts;
        _facts = [];
        return taken;
    }

    private void CloseText()
    {
        if (_text.Length == 0)
            return;

        _facts.Add(new TextStreamed(_isReasoning, _text.ToString()));
        _text.Clear();
    }
}
