namespace OpenCode.Actors.Server.Config;

/// <summary>The configuration that holds for one location at one moment.</summary>
/// <param name="Values">All layers, the patches included.</param>
/// <param name="Mistakes">What names models that cannot be used; prompts are refused with it.</param>
internal sealed record EffectiveConfig(OpenCodeConfig Values, IReadOnlyList<ConfigMistake> Mistakes);
