using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Known;

/// <summary>Models of Anthropic: names, limits and prices of November 2026, the newest first.</summary>
internal static class AnthropicModels
{
    private const int Million = 1_000_000;

    private static readonly ModelCapabilities _capabilities = new() { Reasoning = true, Attachment = true, Input = ["text", "image", "pdf"] };

    public static IReadOnlyList<ModelInfo> All { get; } =
    [
        Adaptive("claude-opus-5-5", "Claude Opus 5.5", "claude-opus", "2026-09-22", new ModelPrice(4, 20, 0.2m, 5)),
        Adaptive("claude-opus-5", "Claude Opus 5", "claude-opus", "2026-07-24", new ModelPrice(5, 25, 0.5m, 6.25m)),
        Adaptive("claude-sonnet-5", "Claude Sonnet 5", "claude-sonnet", "2026-06-29", new ModelPrice(2, 10, 0.2m, 2.5m)),
        Adaptive("claude-sonnet-4-6", "Claude Sonnet 4.6", "claude-sonnet", "2026-02-17", new ModelPrice(3, 15, 0.3m, 3.75m)) with
        {
            Capabilities = _capabilities with { Temperature = true },
            Variants = Efforts.Adaptive("low", "medium", "high", "max"),
        },
        Budgeted("claude-haiku-4-5", "Claude Haiku 4.5", "claude-haiku", "2025-10-15", new ModelPrice(1, 5, 0.1m, 1.25m), new ModelLimit(200_000, 64_000)),
        Budgeted("claude-sonnet-4-5", "Claude Sonnet 4.5", "claude-sonnet", "2025-09-29", new ModelPrice(3, 15, 0.3m, 3.75m), new ModelLimit(Million, 64_000)),
    ];

    private static ModelInfo Adaptive(string id, string name, string family, string released, ModelPrice price) => new(id, name)
    {
        Family = family,
        ReleaseDate = released,
        Price = price,
        Limit = new ModelLimit(Million, 128_000),
        Capabilities = _capabilities,
        Variants = Efforts.Adaptive("low", "medium", "high", "xhigh", "max"),
    };

    private static ModelInfo Budgeted(string id, string name, string family, string released, ModelPrice price, ModelLimit limit) => new(id, name)
    {
        Family = family,
        ReleaseDate = released,
        Price = price,
        Limit = limit,
        Capabilities = _capabilities with { Temperature = true },
        Variants = Efforts.Budgets(),
    };
}
