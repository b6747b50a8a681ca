using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Memory;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Clustering;

public sealed class MemoryMembershipTests : MembershipSpecification
{
    private readonly MemoryClusterDatabase _database = new();

    [Fact]
    public async Task A_restart_of_the_database_frees_all_locks_and_is_a_new_life()
    {
        var a = await NodeAsync("a");
        var before = await a.Membership.LookAsync(default);

        _database.Restart();

        await Assert.ThrowsAsync<MembershipUnavailableException>(async () => await a.Membership.LookAsync(default));
        var after = await a.Membership.LookAsync(default);
        Assert.NotEqual((before.Connection, before.Life), (after.Connection, after.Life));
        Assert.False(after.Members[0].IsLockHeld);
    }

    [Fact]
    public async Task A_renewal_whose_answer_is_lost_has_moved_the_beat()
    {
        var a = await NodeAsync("a");
        ((MemoryMembership)a.Membership).AnswersUnknown = 1;

        await Assert.ThrowsAsync<MembershipUnavailableException>(async () => await a.Membership.RenewAsync(a.Member, default));

        Assert.Equal(1, _database.Members[0].Beat);
    }

    protected override ValueTask<IMembership> OpenAsync(string tag) => new(new MemoryMembership(_database, TimeProvider.System, tag));
}
