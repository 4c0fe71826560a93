using GameBackend.Benchmarks;

return args switch
{
    ["echo", .. var rest] => await EchoBenchmark.Run(new Arguments(rest)),
    ["memory", .. var rest] => await MemoryBenchmark.Run(new Arguments(rest)),
    ["mailbox", .. var rest] => await MailboxBenchmark.Run(new Arguments(rest)),
    ["host", .. var rest] => await HostedProcess.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Benchmarks echo    [--connections 100] [--rounds 11] [--transports tcp,ws] [--layouts single,apart] [--in-flight 1,16]
               Benchmarks memory  [--sessions 2000]
               Benchmarks mailbox [--bots 200] [--seconds 20] [--silos 2] [--gateways 2]
        """);
    return 2;
}
