using System.Net;
using System.Text;
using GameBackend.Gateway.Admin;
using GameBackend.Gateway.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GameBackend.Gateway.Tests.Admin;

/// <summary>What operators have done can be read afterwards, whatever became of them and of it.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private Backend _backend = null!;

    private AdminAudit Audit => _backend.Services.GetRequiredService<AdminAudit>();

    public async Task InitializeAsync() => _backend = await Backend.StartOn(_directory);

    public async Task DisposeAsync()
    {
        await _backend.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_is_asked_and_how_it_ended_have_one_number()
    {
        var ann = await _backend.Play(Transport.Tcp);
        await Act(ann, "kick", new { playerId = $"{ann.Account.PlayerId}", reason = "for the record" },
            HttpStatusCode.NoContent);
        var kicked = Lines($"kick \"{ann.Account.PlayerId}\" (\"for the record\") from 127.0.0.1");
        AssertAskedAndEnded(kicked, "204");

        await Act(ann, "kick", new { playerId = "77" }, HttpStatusCode.NotFound);
        AssertAskedAndEnded(Lines("kick \"77\""), "404");
        await Act(ann, "drain", new { node = "silo-99" }, HttpStatusCode.NotFound);
        Assert.EndsWith(": 404", Assert.Single(Lines("drain")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_whose_caller_goes_away_is_done_and_written_down()
    {
        using var gone = new CancellationTokenSource();
        var http = new DefaultHttpContext
        {
            RequestServices = _backend.Services,
            RequestAborted = gone.Token,
            Request =
            {
                ContentType = "application/json", Body = new MemoryStream(Encoding.UTF8.GetBytes("""{"node":"1.2.1"}""")),
            },
        };
        var drain = await _backend.Services.GetRequiredService<AdminNodes>().Drain(http, undo: false);
        await gone.CancelAsync();
        await Audit.Run(http, "drain", drain);

        using var ready = await _backend.Operators.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var lines = Lines("drain");
        Assert.EndsWith(": asked", lines[0], StringComparison.Ordinal);
        Assert.Matches(": 200, [0-9]+ left; the caller has gone$", lines[1]);
    }

    [Fact]
    public async Task An_action_is_written_down_before_it_is_done()
    {
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource<AdminAnswer>());
        var running = Audit.Run(new DefaultHttpContext(), "test", new AdminOrder("target", "detail", () =>
        {
            begun.SetResult();
            return end.Task;
        }));
        await begun.Task.Within();
        Assert.EndsWith(": asked", Assert.Single(Lines("test")), StringComparison.Ordinal);
        end.SetResult(new AdminAnswer(Results.NoContent()));
        await running.Within();
        AssertAskedAndEnded(Lines("test"), "204");
    }

    [Fact]
    public async Task An_action_that_fails_is_written_down_as_one_that_may_have_been_done()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Audit.Run(new DefaultHttpContext(), "test", new AdminOrder(
            "target", "", () => throw new TimeoutException("It took\ntoo long."))));
        AssertAskedAndEnded(Lines("test"), "failed, and may have been done: \"It took\\ntoo long.\"");
    }

    [Fact]
    public async Task An_action_that_cannot_be_written_down_is_not_done_and_can_be_when_it_can()
    {
        var ann = await _backend.Play(Transport.Tcp);
        var kick = new { playerId = $"{ann.Account.PlayerId}" };
        // As root may write everywhere, only what is no file cannot be written by anybody.
        var file = Directory.GetFiles(Path.Combine(_directory.Path, "logs"), "audit-*.log").Single();
        File.Delete(file);
        Directory.CreateDirectory(file);
        using (var refused = await ann.Account.Post("/v1/admin/kick", kick))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("nothing was done", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await ann.Fetch();
        Directory.Delete(file);
        await Act(ann, "kick", kick, HttpStatusCode.NoContent);
        AssertAskedAndEnded(Lines("kick"), "204");
    }

    [Fact]
    public void Files_are_kept_for_a_year_and_one_that_cannot_be_written_says_so()
    {
        var time = new FixedTime(new DateTimeOffset(2026, 12, 1, 10, 0, 0, TimeSpan.Zero));
        foreach (var month in new[] { "202512", "202601", "202611" })
            File.WriteAllText(Path.Combine(_directory.Path, $"audit-x-{month}.log"), "");
        var file = new AuditFile(_directory.Path, "x", time);
        file.Check();
        file.Write("one");
        file.Write("two");
        Assert.Equal(
            ["audit-x-202601.log", "audit-x-202611.log", "audit-x-202612.log"],
            Directory.GetFiles(_directory.Path, "audit-x-*").Select(Path.GetFileName).Order());
        Assert.Equal(2, File.ReadAllLines(Path.Combine(_directory.Path, "audit-x-202612.log")).Length);
        Assert.Throws<StartupException>(() => new AuditFile(Path.Combine(_directory.Path, "none"), "x", time).Check());
    }

    [Fact]
    public async Task No_text_makes_a_line_of_its_own_or_ends_its_quotes()
    {
        var ann = await _backend.Play(Transport.Tcp);
        const string forged = "ban \"77\" (\"until for good\") from 127.0.0.1, 0badcafe: 204";
        await Act(ann, "announce", new { text = $"hello\") \n\r\u0085\u2028{forged}\\" }, HttpStatusCode.OK);
        Assert.Empty(Lines("ban"));
        var lines = Lines("announce");
        AssertAskedAndEnded(lines, "200, by 1 gateways");
        const string escaped =
            """
            ("hello\") \n\r\u0085\u2028ban \"77\" (\"until for good\") from 127.0.0.1, 0badcafe: 204\\")
            """;
        Assert.All(lines, line => Assert.Contains(escaped, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_has_gaps_is_refused_and_not_failed_at()
    {
        var ann = await _backend.Play(Transport.Tcp);
        var battle = new { zone = "2", key = "k", mode = "1v1", sides = new string[]?[] { null } };
        await Act(ann, "zones/battles", battle, HttpStatusCode.BadRequest);
        var letter = new { key = "k", subject = "s", text = "t", to = new string?[] { null } };
        await Act(ann, "letters", letter, HttpStatusCode.BadRequest);
        var gift = new { key = "k", subject = "s", text = "t", items = new object?[] { null } };
        await Act(ann, "letters", gift, HttpStatusCode.BadRequest);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }

    private static void AssertAskedAndEnded(string[] lines, string end)
    {
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(": asked", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($": {end}", lines[1], StringComparison.Ordinal);
        var asked = lines[0][(lines[0].IndexOf("GameBackend.Audit", StringComparison.Ordinal))..^"asked".Length];
        Assert.Contains(asked, lines[1], StringComparison.Ordinal);
        Assert.Matches(", [0-9a-f]{8}: $", asked);
    }

    private static async Task Act(RawClient client, string what, object body, HttpStatusCode status)
    {
        using var answer = await client.Account.Post($"/v1/admin/{what}", body);
        Assert.Equal(status, answer.StatusCode);
    }

    /// <summary>Lines of the audit about an action.</summary>
    private string[] Lines(string action) =>
    [
        .. Directory.GetFiles(Path.Combine(_directory.Path, "logs"), "audit-*.log").SelectMany(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Split('\n', '\r', '\u0085', '\u2028');
        }).Where(line => line.StartsWith(action, StringComparison.Ordinal)
            || line.Contains($"GameBackend.Audit {action}", StringComparison.Ordinal)),
    ];
}
