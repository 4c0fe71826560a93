using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using GameBackend.Nodes;

namespace GameBackend.Gateway.Hosting;

/// <summary>An option as it is written.</summary>
/// <param name="Name">Section and key, such as <c>Gateway:TcpPort</c>.</param>
/// <param name="Property">What holds its value.</param>
/// <param name="Default">The value without it; null for none.</param>
public sealed record KnownOption(string Name, PropertyInfo Property, string? Default);

/// <summary>
/// The options that a program has, read off its option classes: each class with a constant <c>Section</c> is one, or a
/// part of one. Whoever names another is told at the start: a mistyped option is not ignored.
/// </summary>
public sealed class KnownOptions
{
    /// <summary>
    /// Sections that silos read, or read keys of. Processes of a cluster are often given the same options: one that
    /// does not know the keys of a section leaves them to those that do.
    /// </summary>
    public static readonly IReadOnlyList<string> OfSilos =
    [
        "Accounts", "Battle", "Chat", "Game", "Guild", "Lanes", "LogStore", "Mailbox", "Match", "Player", "Silo", "Store",
        "Value",
    ];

    /// <summary>As <see cref="OfSilos"/>.</summary>
    public static readonly IReadOnlyList<string> OfHarbors = ["Harbor"];

    /// <summary>Of the host, the server and the log, which have their own rules.</summary>
    private static readonly string[] Foreign =
        ["AllowedHosts", "ConnectionStrings", "Kestrel", "Logging", "Orleans", "Serilog"];

    /// <summary>On the command line alone.</summary>
    private static readonly string[] OfTheHost = ["applicationName", "contentRoot", "environment", "instance", "webRoot"];

    private readonly Dictionary<string, List<Type>> _sections = new(StringComparer.OrdinalIgnoreCase);
    private readonly string[] _others;

    private KnownOptions(IEnumerable<Type> types, IEnumerable<string> others)
    {
        _others = [.. others];
        foreach (var type in types)
        {
            if (type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is not { IsLiteral: true } section
                || type.IsAbstract)
                continue;
            var name = (string)section.GetRawConstantValue()!;
            if (!_sections.TryGetValue(name, out var parts))
                _sections[name] = parts = [];
            parts.Add(type);
        }
    }

    public IEnumerable<string> Sections => _sections.Keys.Order(StringComparer.Ordinal);

    /// <summary>All options that have one value or, in lists, values of one kind; in order.</summary>
    public IEnumerable<KnownOption> All =>
        from section in Sections
        from type in _sections[section]
        from option in Describe(section, type)
        orderby option.Name.Split(':')[0]
        select option;

    /// <summary>What every program has, and what is in the assemblies of these types.</summary>
    /// <param name="others">Sections of which other programs of a cluster know more.</param>
    public static KnownOptions With(Type[] more, params IEnumerable<string> others) => new(
        more.Append(typeof(KnownOptions)).Append(typeof(NodeOptions)).Select(type => type.Assembly).Distinct()
            .SelectMany(assembly => assembly.GetTypes()),
        others);

    /// <exception cref="StartupException">
    /// The command line or the configuration names an option that there is not, or an argument is none.
    /// </exception>
    public void Check(string[] args, IConfigurationRoot configuration)
    {
        var problems = CommandLineProblems(args).Concat(ConfigurationProblems(configuration)).Distinct().ToArray();
        if (problems.Length > 0)
            throw new StartupException($"{string.Join(" ", problems)} --help lists the options.");
    }

    private IEnumerable<string> CommandLineProblems(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var written = args[i];
            var isOption = written.StartsWith("--", StringComparison.Ordinal) || written.StartsWith('/');
            var text = isOption ? written[(written[0] == '/' ? 1 : 2)..] : written;
            var end = text.IndexOf('=', StringComparison.Ordinal);
            var name = end < 0 ? text : text[..end];
            var hasValue = end >= 0 || (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal));
            if (isOption && end < 0 && hasValue)
                i++;
            if (!isOption && (end < 0 || written.StartsWith('-')))
                yield return $"'{written}' is no option.{Meant(name)}";
            else if (!IsOnCommandLine(name))
                yield return $"There is no option {written.Split('=')[0]}.{Meant(name)}";
            else if (!hasValue)
                yield return $"{written} needs a value.";
        }
    }

    private bool IsOnCommandLine(string name)
    {
        var path = name.Split(':');
        return OfTheHost.Contains(name, StringComparer.OrdinalIgnoreCase)
            || Foreign.Contains(path[0], StringComparer.OrdinalIgnoreCase)
            || (path.Length > 1 && IsKnown(path));
    }

    private IEnumerable<string> ConfigurationProblems(IConfigurationRoot configuration)
    {
        // What the command line names is looked at where it stands there.
        var others = new ConfigurationRoot([.. configuration.Providers.Where(
            provider => provider is not Microsoft.Extensions.Configuration.CommandLine.CommandLineConfigurationProvider)]);
        foreach (var section in others.GetChildren())
        {
            // Others' variables are in the environment too: only what looks like an option of ours is one.
            var isOurs = IsSection(section.Key) || (IsMistyped(section.Key) && section.GetChildren().Any());
            foreach (var (key, value) in isOurs ? section.AsEnumerable() : [])
            {
                if (!string.IsNullOrEmpty(value) && key != section.Path && !IsKnown(key.Split(':')))
                    yield return $"There is no option {key}{From(others, key)}.{Meant(key)}";
            }
        }
    }

    private bool IsSection(string name) => _sections.ContainsKey(name) || IsOther(name);

    private bool IsOther(string section) => _others.Contains(section, StringComparer.OrdinalIgnoreCase);

    private bool IsMistyped(string section) =>
        !Foreign.Contains(section, StringComparer.OrdinalIgnoreCase)
        && Sections.Concat(_others).Any(known => IsNear(known, section, known.Length > 5 ? 2 : 1));

    private bool IsKnown(string[] path)
    {
        var types = _sections.GetValueOrDefault(path[0], []);
        return types.Exists(type => Leads(type, path.AsSpan(1)))
            || (IsOther(path[0]) && !types.Exists(type => Array.Exists(
                type.GetProperties(), property => path.Length > 1 && IsNear(property.Name, path[1], 2))));
    }

    private static bool IsNear(string one, string other, int distance) =>
        ClosestName.Distance(one.ToUpperInvariant(), other.ToUpperInvariant()) <= distance;

    /// <summary>Whether a path leads to a value of this type or in it.</summary>
    private static bool Leads(Type type, ReadOnlySpan<string> path)
    {
        if (IsValue(type))
            return path.IsEmpty;
        if (path.IsEmpty)
            return false;
        if (ElementOf(type) is { } element)
            return Leads(element, path[1..]);
        return Property(type, path[0]) is { } property && Leads(property.PropertyType, path[1..]);
    }

    private static PropertyInfo? Property(Type type, string name) => Array.Find(
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance),
        property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && IsBound(property));

    private static bool IsBound(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true } || ElementOf(property.PropertyType) is not null;

    private static bool IsValue(Type type) => TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    /// <summary>What a list or a dictionary holds; null if it is neither.</summary>
    private static Type? ElementOf(Type type) => type == typeof(string) ? null
        : type.IsArray ? type.GetElementType()
        : type.IsAssignableTo(typeof(IEnumerable)) && type.IsGenericType ? type.GetGenericArguments()[^1]
        : null;

    private static IEnumerable<KnownOption> Describe(string path, Type type)
    {
        var defaults = Activator.CreateInstance(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsBound))
        {
            var name = $"{path}:{property.Name}";
            var held = property.PropertyType;
            if (ElementOf(held) is { } element)
            {
                name += held.IsAssignableTo(typeof(IDictionary)) ? ":NAME" : ":0";
                held = element;
            }

            if (IsValue(held))
            {
                yield return new KnownOption(
                    name, property,
                    held == property.PropertyType
                        ? Convert.ToString(property.GetValue(defaults), CultureInfo.InvariantCulture) : null);
                continue;
            }

            foreach (var inner in Describe(name, held))
                yield return inner;
        }
    }

    private string Meant(string name)
    {
        var known = All.Select(option => option.Name).Concat(OfTheHost).ToArray();
        return ClosestName.Find(name, known) is { } meant ? $" Did you mean {meant}?"
            // The key alone, without its section.
            : known.FirstOrDefault(each => each.EndsWith($":{name}", StringComparison.OrdinalIgnoreCase)) is { } whole
                ? $" Did you mean {whole}?" : "";
    }

    private static string From(IConfigurationRoot configuration, string key) =>
        configuration.Providers.LastOrDefault(provider => provider.TryGet(key, out _)) switch
        {
            FileConfigurationProvider file => $" ({file.Source.Path})",
            Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider =>
                " (environment)",
            _ => "",
        };
}
