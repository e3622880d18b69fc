using System.Buffers.Text;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>Bounds the output of a call: the dialect's member for it is set, or inserted where there is none. Every other byte stays.</summary>
public static class MaxTokensEdit
{
    /// <summary>
    /// The most changes that this adds to a <see cref="JsonEdit"/>: two where a Chat request has both of its members. With
    /// the model and <c>include_usage</c> that is just what an edit holds.
    /// </summary>
    public const int MostChanges = 2;

    /// <summary>The bytes of scratch that <see cref="Apply"/> takes.</summary>
    public const int Scratch = 96;

    /// <summary>Adds the change.</summary>
    /// <param name="edit">Takes the change; <see cref="MostChanges"/> must be free.</param>
    /// <param name="body">The body that was peeked at.</param>
    /// <param name="peek">Where the members stand.</param>
    /// <param name="operation">Decides which member it is.</param>
    /// <param name="maxTokens">The bound for one answer, in tokens; at least 1.</param>
    /// <param name="completionTokens">
    /// What a Chat request without a bound gets: true for <c>max_completion_tokens</c> (OpenAI, whose reasoning models refuse
    /// the other), false for <c>max_tokens</c> (everyone who speaks OpenAI's dialect).
    /// </param>
    /// <param name="scratch">At least <see cref="Scratch"/> bytes that live as long as the edit: the new member is written here.</param>
    /// <returns>False for an operation whose output nothing bounds (embeddings, counting); nothing is changed.</returns>
    public static bool Apply(
        ref JsonEdit edit, ReadOnlySpan<byte> body, in RequestPeek peek, Operation operation, long maxTokens, bool completionTokens, Span<byte> scratch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        var name = NameOf(operation, completionTokens);
        if (name.IsEmpty)
        {
            return false;
        }

        if (peek.MaxTokens.Found)
        {
            Utf8Formatter.TryFormat(maxTokens, scratch, out var digits);
            edit.Replace(peek.MaxTokens, scratch[..digits]);
            if (peek.OtherMaxTokensValue > maxTokens)
            {
                edit.Replace(peek.OtherMaxTokens, scratch[..digits]);
            }
        }
        else if (operation.Dialect == Dialect.GeminiGenerate)
        {
            InsertIntoConfig(ref edit, body, in peek, Member(scratch, name, maxTokens));
        }
        else
        {
            edit.InsertMemberFirst(peek.ObjectStart, peek.IsEmptyObject, Member(scratch, name, maxTokens));
        }

        return true;
    }

    private static ReadOnlySpan<byte> NameOf(Operation operation, bool completionTokens)
    {
        if (operation == Operation.Chat)
        {
            return completionTokens ? "\"max_completion_tokens\":"u8 : "\"max_tokens\":"u8;
        }

        if (operation == Operation.Completions || operation == Operation.Messages)
        {
            return "\"max_tokens\":"u8;
        }

        if (operation == Operation.Responses)
        {
            return "\"max_output_tokens\":"u8;
        }

        return operation == Operation.GenerateContent || operation == Operation.StreamGenerateContent ? "\"maxOutputTokens\":"u8 : default;
    }

    private static void InsertIntoConfig(ref JsonEdit edit, ReadOnlySpan<byte> body, in RequestPeek peek, ReadOnlySpan<byte> wrapped)
    {
        var config = peek.GenerationConfig;
        if (!config.Found)
        {
            edit.InsertMemberFirst(peek.ObjectStart, peek.IsEmptyObject, wrapped);
        }
        else if (body[config.Offset] == (byte)'n')
        {
            edit.Replace(config, wrapped[ConfigName.Length..]);
        }
        else
        {
            var isEmpty = config.Of(body)[1..].TrimStart(" \t\r\n"u8)[0] == (byte)'}';
            edit.InsertMemberFirst(config.Offset, isEmpty, wrapped[(ConfigName.Length + 1)..^1]);
        }
    }

    private static ReadOnlySpan<byte> ConfigName => "\"generationConfig\":"u8;

    /// <summary>Writes <c>"name":value</c>, for Gemini inside of <c>"generationConfig":{…}</c>.</summary>
    private static ReadOnlySpan<byte> Member(Span<byte> scratch, ReadOnlySpan<byte> name, long maxTokens)
    {
        var length = 0;
        var isWrapped = name.StartsWith("\"maxOutputTokens"u8);
        if (isWrapped)
        {
            ConfigName.CopyTo(scratch);
            length = ConfigName.Length;
            scratch[length++] = (byte)'{';
        }

        name.CopyTo(scratch[length..]);
        length += name.Length;
        Utf8Formatter.TryFormat(maxTokens, scratch[length..], out var digits);
        length += digits;
        if (isWrapped)
        {
            scratch[length++] = (byte)'}';
        }

        return scratch[..length];
    }
}
