using System.Globalization;
using System.Text;

namespace GameBackend.Gateway.Metrics;

/// <summary>
/// Writes metrics as Prometheus reads them: the text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>A name as Prometheus allows it: letters, digits and underscores.</summary>
    public static string Name(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    public void Begin(string name, string type, string? help)
    {
        if (!string.IsNullOrEmpty(help))
            _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\").Replace("\n", "\\n"))
                .Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    public void Sample(string name, ReadOnlySpan<KeyValuePair<string, string>> labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            var separator = '{';
            foreach (var (key, text) in labels)
            {
                _text.Append(separator).Append(Name(key)).Append("=\"")
                    .Append(text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
                separator = ',';
            }

            _text.Append('}');
        }

        _text.Append(' ').Append(
            double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <param name="counts">In each bucket, not counting those below; one more than there are bounds.</param>
    public void Histogram(
        string name, KeyValuePair<string, string>[] labels, IReadOnlyList<double> bounds, IReadOnlyList<long> counts,
        double sum)
    {
        var total = 0L;
        for (var i = 0; i < counts.Count; i++)
        {
            total += counts[i];
            var bound = i < bounds.Count ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            Sample($"{name}_bucket", [.. labels, new("le", bound)], total);
        }

        Sample($"{name}_sum", labels, sum);
        Sample($"{name}_count", labels, total);
    }

    public override string ToString() => _text.ToString();
}
