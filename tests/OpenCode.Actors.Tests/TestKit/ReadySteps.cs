namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The steps that can be done next. Thread-safe.</summary>
/// <param name="order">Picks the next step; null: first come, first served.</param>
internal sealed class ReadySteps(SeededEntropy? order)
{
    private readonly Lock _lock = new();
    private readonly Queue<Step> _queue = [];
    private readonly List<Step> _sorted = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return order is null ? _queue.Count : _sorted.Count;
        }
    }

    public void Add(Step step)
    {
        lock (_lock)
        {
            if (order is null)
            {
                _queue.Enqueue(step);
                return;
            }

            // Sorted by key: the order of arrival may hang on hash codes that differ between processes, the choice of the seed must not.
            var place = _sorted.Count;
            while (place > 0 && _sorted[place - 1].Key > step.Key)
                place--;
            _sorted.Insert(place, step);
        }
    }

    /// <summary>Takes the next step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="choices">Out of how many it was chosen.</param>
    public bool TryTake(out Step step, out int choices)
    {
        lock (_lock)
        {
            choices = 1;
            if (order is null)
                return _queue.TryDequeue(out step);

            step = default;
            choices = _sorted.Count;
            if (choices == 0)
                return false;

            var picked = order.Next(choices);
            step = _sorted[picked];
            _sorted.RemoveAt(picked);
            return true;
        }
    }
}
