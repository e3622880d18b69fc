using System.Diagnostics.CodeAnalysis;
using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>Turns a resolved text into a value, or says what is wrong with it. The reason never repeats the text.</summary>
internal delegate bool ScalarParser<T>(string text, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? error);

/// <summary>A single value.</summary>
internal sealed class ScalarSchema<T>(string expected, ScalarParser<T> parse, Func<T, string> show) : ValueSchema<T>
{
    public override string Expected => expected;

    /// <summary>The values to choose from; a wrong one gets the nearest suggested. Empty means any.</summary>
    public IReadOnlyCollection<string> Choices { get; init; } = [];

    /// <summary>As <see cref="Choices"/>, for values that only the reading knows.</summary>
    public Func<ReadContext, IReadOnlyCollection<string>>? ChoicesFrom { get; init; }

    /// <summary>Called with each value that was read without error.</summary>
    public Action<T, ConfigNode, ConfigPath, ReadContext>? Seen { get; init; }

    /// <summary>True for a path: relative to the configuration's folder, and a <c>file:</c> before it does not read the file.</summary>
    public bool IsPath { get; init; }

    public override bool TryRead(ConfigNode node, ConfigPath path, ReadContext context, [MaybeNullWhen(false)] out T value)
    {
        string? text;
        if (IsPath ? !context.TryPath(node, path, out text) : !context.TryText(node, path, Expected, out text))
        {
            value = default;
            return false;
        }

        var parsed = parse(text, out value, out var error);
        var choices = ChoicesFrom?.Invoke(context) ?? Choices;
        if (choices.Count > 0 && !choices.Contains(text))
        {
            error = $"unknown value {ReadContext.Quote(node)}{NearestName.Hint(text, choices)}";
        }

        if (!parsed || value is null || error is not null)
        {
            context.Error(node.Position, path, error ?? $"expected {Expected}");
            return false;
        }

        context.Record(node, path);
        Seen?.Invoke(value, node, path, context);
        return true;
    }

    public override ConfigNode? Place(ConfigNode? existing, ReadOnlySpan<string> way, EnvironmentOverride variable)
    {
        if (way.Length == 0)
        {
            return variable.AsScalar();
        }

        variable.Fail($"there is nothing below {variable.PathBefore(way.Length)}, which is {Expected}");
        return null;
    }

    /// <summary>Turns a text into a value as the file's reading does, for values that come another way.</summary>
    public bool TryParse(string text, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? error) => parse(text, out value, out error);

    /// <summary>The value as text; a secret masked.</summary>
    public string Text(T value) => show(value);

    public override void Show(T value, string path, SettingView view) => view.Add(path, show(value));

    public override void List(string path, SchemaRow row, List<SchemaRow> rows)
        => rows.Add(row with { Path = path, Expected = Expected, Choices = [.. Choices] });
}
