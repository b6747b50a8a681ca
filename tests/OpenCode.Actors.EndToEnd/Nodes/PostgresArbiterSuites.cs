using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Nodes;

[Collection(NodesTests.Name)]
public sealed class PostgresArbiterAdmissionTests(PostgresFixture postgres) : ArbiterAdmissionSpecification(new PostgresArbiterStore(postgres));

[Collection(NodesTests.Name)]
public sealed class PostgresArbiterRefusalTests(PostgresFixture postgres) : ArbiterRefusalSpecification(new PostgresArbiterStore(postgres));

[Collection(NodesTests.Name)]
public sealed class PostgresArbiterVerdictTests(PostgresFixture postgres) : ArbiterVerdictSpecification(new PostgresArbiterStore(postgres));

[Collection(NodesTests.Name)]
public sealed class PostgresArbiterClaimTests(PostgresFixture postgres) : ArbiterClaimSpecification(new PostgresArbiterStore(postgres));

[Collection(NodesTests.Name)]
public sealed class PostgresArbiterLookTests(PostgresFixture postgres) : ArbiterLookSpecification(new PostgresArbiterStore(postgres));
