using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>One command of a call, as rules judge it: its text in the line, and its other forms.</summary>
/// <param name="Text">What is shown, and what a rule has to fit to allow it.</param>
/// <param name="Always">The pattern that an answer <c>always</c> allows; null when there is none.</param>
internal sealed record CommandPattern(string Text, string? Always)
{
    /// <summary>Gets other forms of it: without quotes, folders, assignments. A rule that fits one of them and not the text holds too, if it is stricter.</summary>
    public IReadOnlyList<string> Forms { get; init; } = [];

    /// <summary>Gets forms that it may have. A rule that forbids one of them makes the user be asked.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    /// <summary>Gets a value indicating whether it may do anything: then every rule counts.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>Gets a value indicating whether it is asked about even when all is allowed: it was not understood.</summary>
    public bool IsUnread { get; init; }

    /// <summary>Gets a value indicating whether it changes nothing outside the shell, such as <c>cd</c>: only rules that name it count.</summary>
    public bool IsFree { get; init; }

    /// <summary>Decides about it.</summary>
    /// <param name="permission">The permission, such as <c>bash</c>.</param>
    /// <param name="sets">Sets of rules, weakest first.</param>
    public PermissionAction Evaluate(string permission, params ReadOnlySpan<IReadOnlyList<PermissionRule>> sets)
    {
        var rules = RulesFor(permission, sets);
        var own = rules.Find(rule => Wildcard.IsMatch(Text, rule.Pattern));
        var strictest = own?.Action ?? PermissionAction.Allow;

        // Allowed letter by letter: the user saw exactly this.
        var isExact = own is { Action: PermissionAction.Allow } && own.Pattern == Text;
        foreach (var form in Forms)
            strictest = Stricter(strictest, OfForm(rules, form, isExact));
        if (!isExact && Doubts.Any(form => rules.Find(rule => PartlyKnownText.Always(form, rule.Pattern)) is { Action: not PermissionAction.Allow } rule && !Fits(rule)))
            strictest = Stricter(strictest, PermissionAction.Ask);
        if (IsUnknown && !isExact)
            strictest = Stricter(strictest, OfAnything(rules));
        return IsUnread && !isExact ? Stricter(strictest, PermissionAction.Ask) : strictest;
    }

    /// <summary>Returns the stricter of two actions: deny before ask before allow.</summary>
    public static PermissionAction Stricter(PermissionAction one, PermissionAction other) =>
        one == PermissionAction.Deny || other == PermissionAction.Deny ? PermissionAction.Deny
        : one == PermissionAction.Ask || other == PermissionAction.Ask ? PermissionAction.Ask
        : PermissionAction.Allow;

    // What holds for anything at all; and a question, where a rule speaks of something that this may be.
    private static PermissionAction OfAnything(List<PermissionRule> rules)
    {
        var isDoubtful = false;
        foreach (var rule in rules)
        {
            if (rule.Pattern.Trim('*').Length == 0 && rule.Pattern.Length > 0)
                return isDoubtful ? Stricter(rule.Action, PermissionAction.Ask) : rule.Action;
            isDoubtful |= rule.Action != PermissionAction.Allow;
        }

        return isDoubtful ? PermissionAction.Ask : PermissionAction.Allow;
    }

    private PermissionAction OfForm(List<PermissionRule> rules, string form, bool isExact)
    {
        var isDoubtful = false;
        foreach (var rule in rules)
        {
            if (PartlyKnownText.Always(form, rule.Pattern))
            {
                // A rule that fits the text too has been weighed there, where a later one may go before it.
                var action = Fits(rule) ? PermissionAction.Allow : rule.Action;
                return isDoubtful ? Stricter(action, PermissionAction.Ask) : action;
            }

            isDoubtful |= !isExact && rule.Action != PermissionAction.Allow && !Fits(rule) && PartlyKnownText.Sometimes(form, rule.Pattern);
        }

        return isDoubtful ? PermissionAction.Ask : PermissionAction.Allow;
    }

    private bool Fits(PermissionRule rule) => Wildcard.IsMatch(Text, rule.Pattern);

    // Strongest first.
    private List<PermissionRule> RulesFor(string permission, ReadOnlySpan<IReadOnlyList<PermissionRule>> sets)
    {
        var rules = new List<PermissionRule>();
        for (var s = sets.Length - 1; s >= 0; s--)
        {
            for (var r = sets[s].Count - 1; r >= 0; r--)
            {
                if (Wildcard.IsMatch(permission, sets[s][r].Permission) && !(IsFree && sets[s][r].Pattern == "*"))
                    rules.Add(sets[s][r]);
            }
        }

        return rules;
    }
}
