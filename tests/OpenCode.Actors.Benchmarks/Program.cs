using OpenCode.Actors.Benchmarks.Fanout;
using OpenCode.Actors.Benchmarks.Journal;
using OpenCode.Actors.Benchmarks.Postgres;

return args switch
{
    ["fanout"] => await FanoutBenchmark.RunAsync(),
    ["journal", .. var options] => await JournalBenchmark.RunAsync(options),
    ["postgres", .. var options] => await PostgresBenchmark.RunAsync(options),
    [NodeProcess.Verb, var name] => await NodeProgram.RunAsync(name),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/OpenCode.Actors.Benchmarks -- fanout | journal [--quick] [--dir DIR] | postgres [append|latency] [--quick]");
    return 2;
}
