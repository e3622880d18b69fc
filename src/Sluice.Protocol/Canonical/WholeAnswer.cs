namespace Sluice.Protocol.Canonical;

/// <summary>
/// Does for an answer that came whole what <see cref="BlockSequencer"/> does for one that came as a stream: its tool calls have
/// unique ids and arguments that parse, or the answer is a failure.
/// </summary>
public static class WholeAnswer
{
    /// <summary>Repairs an answer.</summary>
    /// <param name="response">As it was read.</param>
    /// <param name="repairs">Takes the codes of what was repaired (<see cref="AnswerRepairs"/>), each once.</param>
    /// <param name="error">Why the answer is of no use (502); null for most.</param>
    /// <returns>The answer as it may be written.</returns>
    public static ChatResponse Repair(ChatResponse response, ICollection<string> repairs, out GatewayError? error)
    {
        error = null;
        if (!response.Choices.Any(choice => choice.Content.Any(block => block is ToolCallBlock)))
        {
            return response;
        }

        if (response.Choices.Where(choice => choice.Finish.Reason is FinishReason.Stop or FinishReason.ToolCalls)
            .SelectMany(choice => choice.Content).OfType<ToolCallBlock>().FirstOrDefault(IsBroken) is { } broken)
        {
            error = UpstreamErrors.BrokenArguments(broken.Name);
            return response;
        }

        var ids = new HashSet<string>();
        return response with
        {
            Choices = [.. response.Choices.Select(choice => choice with { Content = [.. choice.Content.Select(block => Repair(block, response.Id, ids, repairs))] })],
        };
    }

    private static ContentBlock Repair(ContentBlock block, string seed, HashSet<string> ids, ICollection<string> repairs)
    {
        if (block is not ToolCallBlock call)
        {
            return block;
        }

        if (call.CallId.Length == 0 || !ids.Add(call.CallId))
        {
            Note(call.CallId.Length == 0 ? AnswerRepairs.CallIdMissing : AnswerRepairs.CallIdRepeated, repairs);
            call = call with { CallId = ToolCallIds.Fit($"{seed}#{call.CallId}#{ids.Count}", 0) };
            ids.Add(call.CallId);
        }

        if (IsBlank(call))
        {
            Note(AnswerRepairs.ArgumentsMissing, repairs);
            call = call with { Arguments = RawJson.EmptyObject };
        }

        return call;
    }

    private static bool IsBlank(ToolCallBlock call) => call.Kind == ToolCallKind.Function && call.Arguments.Span.Trim(" \t\r\n"u8).IsEmpty;

    private static bool IsBroken(ToolCallBlock call) =>
        call.Kind == ToolCallKind.Function && !IsBlank(call) && !RawJson.IsValid(call.Arguments.Span);

    private static void Note(string code, ICollection<string> repairs)
    {
        if (!repairs.Contains(code))
        {
            repairs.Add(code);
        }
    }
}
