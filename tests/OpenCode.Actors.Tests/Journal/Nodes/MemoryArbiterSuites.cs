using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal.Nodes;

public sealed class MemoryArbiterAdmissionTests() : ArbiterAdmissionSpecification(new MemoryArbiterStore());

public sealed class MemoryArbiterRefusalTests() : ArbiterRefusalSpecification(new MemoryArbiterStore());

public sealed class MemoryArbiterVerdictTests() : ArbiterVerdictSpecification(new MemoryArbiterStore());

public sealed class MemoryArbiterClaimTests() : ArbiterClaimSpecification(new MemoryArbiterStore());

public sealed class MemoryArbiterLookTests() : ArbiterLookSpecification(new MemoryArbiterStore());
