using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Known;

/// <summary>Models of OpenAI: names, limits and prices of November 2026, the newest first.</summary>
internal static class OpenAiModels
{
    private const int LongContext = 272_000;

    private static readonly ModelLimit _million = new(1_050_000, 128_000, 922_000);
    private static readonly ModelLimit _fourHundredThousand = new(400_000, 128_000, 272_000);
    private static readonly ModelCapabilities _reasons = new() { Reasoning = true, Attachment = true, Input = ["text", "image", "pdf"] };
    private static readonly ModelCapabilities _answers = new() { Temperature = true, Attachment = true, Input = ["text", "image", "pdf"] };

    public static IReadOnlyList<ModelInfo> All { get; } =
    [
        Reasons("gpt-6-sol", "GPT-6 Sol", "2026-09-22", new ModelPrice(2, 10, 0.2m, 2.5m) { Above = (LongContext, new ModelPrice(4, 15, 0.4m, 5)) }, _million, "none", "low", "medium", "high", "xhigh", "max"),
        Reasons("gpt-6-luna", "GPT-6 Luna", "2026-09-22", new ModelPrice(0.1m, 0.5m, 0.01m, 0.125m) { Above = (LongContext, new ModelPrice(0.2m, 0.75m, 0.02m, 0.25m)) }, _million, "none", "low", "medium", "high", "xhigh", "max"),
        Reasons("gpt-5.4-mini", "GPT-5.4 mini", "2026-03-17", new ModelPrice(0.75m, 4.5m, 0.075m), _fourHundredThousand, "none", "low", "medium", "high", "xhigh"),
        Reasons("gpt-5.2", "GPT-5.2", "2025-12-11", new ModelPrice(1.75m, 14, 0.175m), _fourHundredThousand, "none", "low", "medium", "high", "xhigh"),
        Reasons("gpt-5", "GPT-5", "2025-08-07", new ModelPrice(1.25m, 10, 0.125m), _fourHundredThousand, "minimal", "low", "medium", "high"),
        Reasons("gpt-5-mini", "GPT-5 Mini", "2025-08-07", new ModelPrice(0.25m, 2, 0.025m), _fourHundredThousand, "minimal", "low", "medium", "high"),
        Answers("gpt-4.1", "GPT-4.1", "2025-04-14", new ModelPrice(2, 8, 0.5m), new ModelLimit(1_047_576, 32_768)),
        Answers("gpt-4.1-mini", "GPT-4.1 mini", "2025-04-14", new ModelPrice(0.4m, 1.6m, 0.1m), new ModelLimit(1_047_576, 32_768)),
        Answers("gpt-4o", "GPT-4o", "2024-05-13", new ModelPrice(2.5m, 10, 1.25m), new ModelLimit(128_000, 16_384)),
    ];

    private static ModelInfo Reasons(string id, string name, string released, ModelPrice price, ModelLimit limit, params string[] efforts) => new(id, name)
    {
        Family = "gpt",
        ReleaseDate = released,
        Price = price,
        Limit = limit,
        Capabilities = _reasons,
        Variants = Efforts.OpenAi(efforts),
    };

    private static ModelInfo Answers(string id, string name, string released, ModelPrice price, ModelLimit limit) => new(id, name)
    {
        Family = "gpt",
        ReleaseDate = released,
        Price = price,
        Limit = limit,
        Capabilities = _answers,
    };
}
