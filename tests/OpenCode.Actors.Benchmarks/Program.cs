using OpenCode.Actors.Benchmarks.Fanout;
using OpenCode.Actors.Benchmarks.Journaling;
using OpenCode.Actors.Benchmarks.Kernel;
using OpenCode.Actors.Benchmarks.Postgres;

return args switch
{
    ["fanout"] => await FanoutBenchmark.RunAsync(),
    ["journal", .. var options] => await JournalBenchmark.RunAsync(options),
    ["kernel", .. var options] => await KernelBenchmark.RunAsync(options),
    ["postgres", .. var options] => await PostgresBenchmark.RunAsync(options),
    [NodeProcess.Verb, var name] => await NodeProgram.RunAsync(name),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/OpenCode.Actors.Benchmarks -- fanout | journal [--quick] [--dir DIR] | kernel [--quick] [--only TEXT] | postgres [--quick] [SIZE]...");
    return 2;
}
