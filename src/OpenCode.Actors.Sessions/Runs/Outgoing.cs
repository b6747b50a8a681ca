using System.Text;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>What a run has to report: one report under way, the rest merged while it waits (RULES C2).</summary>
internal sealed class Outgoing
{
    // Beyond this the model is not asked for more until the session has caught up: memory of a run is bounded.
    private const int FullAtBytes = 64 * 1024;

    private readonly StringBuilder _text = new();
    private List<object> _facts = [];
    private List<IActorRef> _tools = [];
    private List<IActorRef> _toolsUnderWay = [];
    private bool _isReasoning;
    private bool _underWay;

    /// <summary>Gets a value indicating whether so much waits that no more should be made.</summary>
    public bool IsFull => _text.Length * sizeof(char) >= FullAtBytes;

    /// <summary>Adds a fact. Text that follows text of its kind becomes one with it.</summary>
    /// <param name="fact">What happened.</param>
    /// <param name="tool">The tool that waits until it is durable, if one does.</param>
    public void Add(object fact, IActorRef? tool = null)
    {
        if (tool is not null)
            _tools.Add(tool);

        if (fact is not TextStreamed text)
        {
            CloseText();
            _facts.Add(fact);
            return;
        }

        if (text.IsReasoning != _isReasoning)
            CloseText();
        _isReasoning = text.IsReasoning;
        _text.Append(text.Text);
    }

    /// <summary>Takes the next report, if there is something to report and none is under way.</summary>
    public IReadOnlyList<object>? TryTake()
    {
        if (_underWay || (_facts.Count == 0 && _text.Length == 0))
            return null;

        CloseText();
        _underWay = true;
        (_toolsUnderWay, _tools) = (_tools, []);
        var taken = _facts;
        _facts = [];
        return taken;
    }

    /// <summary>The report under way is durable.</summary>
    /// <returns>The tools that waited for it.</returns>
    public IReadOnlyList<IActorRef> Acknowledge()
    {
        _underWay = false;
        var acknowledged = _toolsUnderWay;
        _toolsUnderWay = [];
        return acknowledged;
    }

    private void CloseText()
    {
        if (_text.Length == 0)
            return;

        _facts.Add(new TextStreamed(_isReasoning, _text.ToString()));
        _text.Clear();
    }
}
