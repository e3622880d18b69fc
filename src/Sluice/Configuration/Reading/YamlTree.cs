using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sluice.Configuration.Reading;

/// <summary>
/// Turns YAML into nodes with positions. Bounded in depth and in what aliases may expand to, so that no file can cost more
/// than its size allows; mistakes are collected, and a syntax error ends the reading.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>The deepest nesting; the schema itself needs eight levels.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many nodes all aliases together may add. A "billion laughs" file ends here.</summary>
    public const int MaxAliasNodes = 50_000;

    private readonly string _source;
    private readonly ConfigOrigin _origin;
    private readonly string _text;
    private readonly List<ConfigError> _errors;
    private readonly Parser _parser;
    private readonly Dictionary<string, ConfigNode> _anchors = new(StringComparer.Ordinal);
    private int _aliasNodes;

    private YamlTree(string text, string source, ConfigOrigin origin, List<ConfigError> errors)
    {
        (_text, _source, _origin, _errors) = (text, source, origin, errors);
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads one document; null when it is empty or cannot be read, in which case <paramref name="errors"/> says why.</summary>
    public static ConfigNode? Read(string text, string source, ConfigOrigin origin, List<ConfigError> errors)
    {
        var tree = new YamlTree(text, source, origin, errors);
        try
        {
            return tree.ReadDocument();
        }
        catch (YamlException e)
        {
            tree.AddSyntaxError(e);
        }
        catch (BoundExceededException e)
        {
            errors.Add(new ConfigError(source, e.Line, "", e.Message));
        }

        return null;
    }

    private ConfigNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            var line = _parser.Current is { } next ? Line(next.Start) : 0;
            _errors.Add(new ConfigError(_source, line, "", "a second document begins here; the configuration is one document"));
        }

        return root;
    }

    private ConfigNode ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out var target))
            {
                throw new BoundExceededException(Line(alias.Start), $"the alias *{alias.Value.Value} has no anchor before it");
            }

            return Copy(target, alias);
        }

        if (depth > MaxDepth)
        {
            throw new BoundExceededException(_parser.Current is { } at ? Line(at.Start) : 0, $"nested deeper than {MaxDepth} levels");
        }

        var start = _parser.Consume<NodeEvent>();
        CheckTag(start);
        ConfigNode node = start switch
        {
            Scalar scalar => new ScalarNode(scalar.Value, scalar.Style is ScalarStyle.Plain, Position(scalar)),
            SequenceStart => ReadList(start, depth),
            _ => ReadMapping(start, depth),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private ListNode ReadList(NodeEvent start, int depth)
    {
        var list = new ListNode(Position(start));
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Items.Add(ReadNode(depth + 1));
        }

        return list;
    }

    private MappingNode ReadMapping(NodeEvent start, int depth)
    {
        var mapping = new MappingNode(Position(start));
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not ScalarNode { Text: var name })
            {
                _errors.Add(new ConfigError(_source, key.Position.Line, "", "a key must be a plain text"));
            }
            else if (name == "<<")
            {
                _errors.Add(new ConfigError(_source, key.Position.Line, "", "merge keys (<<) are not supported; repeat the values or use an alias for the whole value"));
            }
            else if (!mapping.TryAdd(new MappingEntry(name, key.Position, value)))
            {
                _errors.Add(new ConfigError(_source, key.Position.Line, "", $"the key \"{name}\" is written twice in one mapping"));
            }
        }

        return mapping;
    }

    private ConfigNode Copy(ConfigNode node, AnchorAlias alias)
    {
        if (++_aliasNodes > MaxAliasNodes)
        {
            throw new BoundExceededException(Line(alias.Start), $"aliases expand to more than {MaxAliasNodes} values");
        }

        switch (node)
        {
            case ListNode list:
                var items = new ListNode(list.Position);
                foreach (var item in list.Items)
                {
                    items.Items.Add(Copy(item, alias));
                }

                return items;
            case MappingNode mapping:
                var entries = new MappingNode(mapping.Position);
                foreach (var entry in mapping.Entries)
                {
                    entries.TryAdd(entry with { Value = Copy(entry.Value, alias) });
                }

                return entries;
            default:
                return node;
        }
    }

    private void CheckTag(NodeEvent start)
    {
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && !start.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
        {
            _errors.Add(new ConfigError(_source, Line(start.Start), "", $"the tag {start.Tag.Value} is not supported"));
        }
    }

    private void AddSyntaxError(YamlException e)
    {
        var line = (int)Math.Clamp(e.Start.Line, 0, int.MaxValue);
        var reason = string.IsNullOrEmpty(e.Message) ? "not valid YAML" : $"not valid YAML: {e.Message.TrimEnd('.')}";

        // The commonest cause: a brace outside quotes begins a mapping.
        if (LineText(line).Contains("${", StringComparison.Ordinal))
        {
            reason += "; put quotes around a value that contains ${...}";
        }

        _errors.Add(new ConfigError(_source, Line(e.Start), "", reason));
    }

    private ReadOnlySpan<char> LineText(int line)
    {
        var number = 0;
        foreach (var text in _text.AsSpan().EnumerateLines())
        {
            if (++number == line)
            {
                return text;
            }
        }

        return [];
    }

    private ConfigPosition Position(NodeEvent node) => new(_source, Line(node.Start), _origin);

    // A variable has no lines.
    private int Line(Mark mark) => _origin is ConfigOrigin.File ? (int)Math.Clamp(mark.Line, 0, int.MaxValue) : 0;

    /// <summary>Ends the reading of a document that goes over a bound; never leaves this class.</summary>
    private sealed class BoundExceededException(int line, string message) : Exception(message)
    {
        public int Line { get; } = line;
    }
}
