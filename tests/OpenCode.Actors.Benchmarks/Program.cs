using OpenCode.Actors.Benchmarks.Fanout;
using OpenCode.Actors.Benchmarks.Journaling;
using OpenCode.Actors.Benchmarks.Kernel;

return args switch
{
    ["fanout"] => await FanoutBenchmark.RunAsync(),
    ["journal", .. var options] => await JournalBenchmark.RunAsync(options),
    ["kernel", .. var options] => await KernelBenchmark.RunAsync(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/OpenCode.Actors.Benchmarks -- fanout | journal [--quick] [--dir DIR] | kernel [--quick] [--only TEXT]");
    return 2;
}
