using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Instructions.Doors;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions;

/// <summary>Registration of the system prompts.</summary>
internal static class InstructionServices
{
    /// <summary>Adds system prompts. Needs an <see cref="IFileWork"/>, an <see cref="IInstructionConfig"/>, an <see cref="IPathFacts"/> and a clock.</summary>
    public static IServiceCollection AddInstructions(this IServiceCollection services)
    {
        services.TryAddSingleton<IInstructionFetcher, HttpInstructionFetcher>();
        services.TryAddSingleton<InstructionPages>();
        services.TryAddSingleton<SystemPrompts>();
        return services;
    }
}
