using GameBackend.Benchmarks;

return args switch
{
    ["echo", .. var rest] => await EchoBenchmark.Run(new Arguments(rest)),
    ["memory", .. var rest] => await MemoryBenchmark.Run(new Arguments(rest)),
    ["mailbox", .. var rest] => await MailboxBenchmark.Run(new Arguments(rest)),
    ["matchmaker", .. var rest] => MatchmakerBenchmark.Run(new Arguments(rest)),
    ["matchmaker-day", .. var rest] => MatchmakerDay.Run(new Arguments(rest)),
    ["arena", .. var rest] => BattleBenchmark.Run(new Arguments(rest)),
    ["battles", .. var rest] => await HostedBattles.Run(new Arguments(rest)),
    ["kcp", .. var rest] => await KcpBenchmark.Run(new Arguments(rest)),
    ["host", .. var rest] => await HostedProcess.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Benchmarks echo    [--connections 100] [--rounds 11] [--transports tcp,ws] [--layouts single,apart] [--in-flight 1,16]
               Benchmarks memory  [--sessions 2000]
               Benchmarks mailbox [--bots 200] [--seconds 20] [--silos 2] [--gateways 2]
               Benchmarks matchmaker     [--tickets 50000]
               Benchmarks matchmaker-day [--players 100000] [--modes 1v1,3v3,5v5,ffa8]
               Benchmarks arena   [--threads 2] [--seconds 5] [--from 60] [--to 8000]
               Benchmarks kcp     [--connections 50] [--seconds 20] [--per-second 10] [--links 0:50,5:50,5:100]
               Benchmarks battles [--seconds 8] [--from 40] [--to 2000] [--late 10]
        """);
    return 2;
}
