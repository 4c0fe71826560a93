using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace GameBackend.Gateway.Hosting;

/// <summary>What <c>--help</c> prints: the options of a program, with what the comments of their classes say.</summary>
internal static partial class Help
{
    private const int NameWidth = 44;

    public static bool IsAsked(string[] args) => args.Any(arg => arg is "--help" or "-h" or "-?" or "/?");

    public static string Text(Assembly program, KnownOptions options)
    {
        var name = program.GetName().Name;
        var text = new StringBuilder();
        text.Append(name).Append(' ').Append(program.GetName().Version?.ToString(3)).Append("\n\n");
        text.Append("usage: ").Append(name).Append(" [--instance N] [--SECTION:KEY VALUE]...\n\n");
        Line(text, "--help", null, "prints this");
        Line(text, "--instance N", "1",
            $"which one of several on this machine, 1 to {Instances.Last}: each has ports and data of its own");
        text.Append("\nOptions are taken from appsettings.json, the environment (SECTION__KEY) and the command line;\n");
        text.Append("the later wins. Times are hh:mm:ss, or d.hh:mm:ss with days.\n");
        var documents = new Dictionary<Assembly, XDocument?>();
        foreach (var section in options.All.GroupBy(option => option.Name.Split(':')[0]))
        {
            text.Append('\n').Append(section.Key).Append('\n');
            foreach (var option in section)
                Line(text, $"--{option.Name}", option.Default, Meaning(option.Property, documents));
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, string? standard, string meaning) => text
        .Append("  ").Append(name.PadRight(NameWidth)).Append(' ').Append(meaning)
        .Append(string.IsNullOrEmpty(standard) ? "" : $" [{standard}]").Append('\n');

    private static string Meaning(PropertyInfo property, Dictionary<Assembly, XDocument?> documents)
    {
        var assembly = property.DeclaringType!.Assembly;
        if (!documents.TryGetValue(assembly, out var document))
        {
            var path = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
            documents[assembly] = document = File.Exists(path) ? XDocument.Load(path) : null;
        }

        var member = $"P:{property.DeclaringType.FullName!.Replace('+', '.')}.{property.Name}";
        var summary = document?.Descendants("member")
            .FirstOrDefault(each => (string?)each.Attribute("name") == member)?.Element("summary");
        return summary is null ? "" : Spaces().Replace(string.Concat(summary.Nodes().Select(Plain)), " ").Trim();
    }

    private static string Plain(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" } see => ((string?)see.Attribute("cref") ?? "").Split('.')[^1],
        XElement element => element.Value,
        XText words => words.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
