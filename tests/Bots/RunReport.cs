using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using GameBackend.Protocol;

namespace GameBackend.Bots;

/// <summary>What a run has seen, from all bots.</summary>
internal sealed class RunReport
{
    private const int MaxFailures = 20;

    private readonly ConcurrentDictionary<GameError, long> _errors = [];
    private readonly ConcurrentDictionary<string, long> _events = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private long _failureCount;
    private long _requests;
    private long _unanswered;
    private long _lost;
    private long _duplicated;
    private long _reordered;
    private double _slowdown = 1;

    public Latencies Requests { get; } = new();

    public Latencies Mail { get; } = new();

    public long RequestCount => Interlocked.Read(ref _requests);

    public long ErrorCount => _errors.Values.Sum();

    public long FailureCount => Interlocked.Read(ref _failureCount);

    /// <summary>Looks at how slow the machine is now.</summary>
    public void NoteSlowdown() => _slowdown = Math.Max(_slowdown, MachineTime.Slowdown);

    public void CountRequest() => Interlocked.Increment(ref _requests);

    public void CountError(GameError error, long count = 1) =>
        _errors.AddOrUpdate(error, count, (_, before) => before + count);

    /// <summary>Something of note has happened, such as the end of a trade.</summary>
    public void CountEvent(string name) => _events.AddOrUpdate(name, 1, (_, before) => before + 1);

    /// <summary>Keeps the largest of what is told.</summary>
    public void Maximum(string name, long value) =>
        _events.AddOrUpdate(name, value, (_, before) => Math.Max(before, value));

    public long EventCount(string name) => _events.GetValueOrDefault(name);

    /// <summary>Something is not as it must be.</summary>
    public void Fail(string sentence)
    {
        if (Interlocked.Increment(ref _failureCount) <= MaxFailures)
            _failures.Enqueue(sentence);
    }

    public void Lost(string sentence, long count = 1) => Fail(ref _lost, sentence, count);

    public void Duplicated(string sentence, long count = 1) => Fail(ref _duplicated, sentence, count);

    public void Reordered(string sentence) => Fail(ref _reordered, sentence, 1);

    public void Unanswered(string sentence) => Fail(ref _unanswered, sentence, 1);

    /// <summary>The run as one line of JSON.</summary>
    public string ToJson(BotArguments arguments, double seconds, IReadOnlyCollection<Bot> bots)
    {
        var postponed = bots.SelectMany(bot => bot.Statistics).SelectMany(s => s.Postponements)
            .GroupBy(each => each.Key, each => each.Value);
        long Sum(Func<Client.ClientStatistics, long> count) => bots.SelectMany(bot => bot.Statistics).Sum(count);
        var json = new JsonObject
        {
            ["scenario"] = arguments.Scenario,
            ["bots"] = bots.Count,
            ["seconds"] = Math.Round(seconds, 1),
            ["requests"] = RequestCount,
            ["errors"] = new JsonObject(_errors.OrderBy(e => e.Key)
                .Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key.ToString(), e.Value))),
            ["postponed"] = new JsonObject(postponed.OrderBy(e => e.Key)
                .Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key.ToString(), e.Sum()))),
            ["pushes"] = Sum(s => s.Pushes),
            ["lost"] = Interlocked.Read(ref _lost),
            ["duplicated"] = Interlocked.Read(ref _duplicated),
            ["reordered"] = Interlocked.Read(ref _reordered),
            ["reconnects"] = Sum(s => s.Reconnects),
            ["resumes"] = Sum(s => s.Resumes),
            ["sessions_lost"] = Sum(s => s.SessionsLost),
            ["resends"] = Sum(s => s.Resends),
            ["repeated_pushes_dropped"] = Sum(s => s.Duplicates),
            ["holes_refilled"] = Sum(s => s.Gaps),
            ["unanswered"] = Interlocked.Read(ref _unanswered),
            ["slowdown"] = Math.Round(_slowdown, 1),
            ["p50_ms"] = Requests.Percentile(0.5),
            ["p99_ms"] = Requests.Percentile(0.99),
            ["p999_ms"] = Requests.Percentile(0.999),
        };
        if (arguments.Scenario == "mail")
        {
            json["mail_p50_ms"] = Mail.Percentile(0.5);
            json["mail_p95_ms"] = Mail.Percentile(0.95);
        }
        foreach (var (name, count) in _events.OrderBy(each => each.Key, StringComparer.Ordinal))
            json[name] = count;
        json["failure_count"] = FailureCount;
        json["failures"] = new JsonArray([.. _failures.Take(MaxFailures).Select(f => JsonValue.Create(f))]);
        return json.ToJsonString(new JsonSerializerOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }

    private void Fail(ref long counter, string sentence, long count)
    {
        Interlocked.Add(ref counter, count);
        Fail(sentence);
    }
}
