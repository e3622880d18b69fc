using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary>Reads <c>contents</c>, and refuses what Google refuses of their order and of echoed thought signatures.</summary>
internal sealed class GeminiContents(Call call, Conversation conversation, bool thinks)
{
    /// <summary>What Google lets stand in for a signature in history that another model made.</summary>
    private static readonly string[] Dummies = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

    private int _openCalls;
    private VendorError? _signature;

    public VendorError? Read(JsonElement contents)
    {
        var index = 0;
        foreach (var content in contents.IsArray() ? [.. contents.EnumerateArray()] : (JsonElement[])[contents])
        {
            if (!content.IsObject())
            {
                return GeminiPrompt.Invalid($"contents[{index}]", content);
            }

            var role = content.Text("role") ?? "user";
            if (role is not ("user" or "model" or "function"))
            {
                return GeminiVendor.Refuse("Please use a valid role: user, model.");
            }

            var parts = content.Get("parts");
            if (!parts.IsArray() || parts.GetArrayLength() == 0)
            {
                return parts.IsPresent() && !parts.IsArray()
                    ? GeminiPrompt.Invalid($"contents[{index}].parts", parts)
                    : GeminiVendor.Refuse($"* GenerateContentRequest.contents[{index}].parts: contents.parts must not be empty.\n");
            }

            conversation.Tally.BeginMessage(role);
            if ((role == "model" ? ReadModel(parts, index) : ReadUser(parts)) is { } refused)
            {
                return refused;
            }

            conversation.Tally.EndSegment();
            index++;
        }

        return _openCalls > 0 ? Unanswered() : _signature;
    }

    private VendorError? ReadUser(JsonElement parts)
    {
        var texts = new List<string>();
        var results = 0;
        foreach (var part in parts.EnumerateArray())
        {
            var response = part.Get("functionResponse", "function_response");
            if (part.Text("text") is { } text)
            {
                conversation.Tally.AddText(text);
                texts.Add(text);
            }
            else if (response.IsObject())
            {
                results++;
                var result = response.Get("response");
                conversation.Tally.AddText(result.IsPresent() ? result.GetRawText() : "");
                conversation.ToolAnswers(ResultText(result));
            }
            else
            {
                conversation.Tally.AddMedia(part.GetRawText());
            }
        }

        if (results != _openCalls)
        {
            return Unanswered();
        }

        _openCalls = 0;
        if (results == 0)
        {
            // A new turn: what older ones signed is no longer checked.
            conversation.UserSays(texts);
            _signature = null;
        }

        return null;
    }

    private VendorError? ReadModel(JsonElement parts, int index)
    {
        if (_openCalls > 0)
        {
            return Unanswered();
        }

        foreach (var part in parts.EnumerateArray())
        {
            var function = part.Get("functionCall", "function_call");
            var signature = part.Get("thoughtSignature", "thought_signature").Text();
            if (function.IsObject())
            {
                conversation.Tally.AddText(function.Text("name") ?? "");
                conversation.Tally.AddText(function.Get("args") is { ValueKind: JsonValueKind.Object } args ? args.GetRawText() : "{}");
                if (_openCalls++ == 0)
                {
                    _signature ??= CheckFirstCall(function.Text("name") ?? "", signature, index);
                }
            }
            else if (part.Text("text") is { } text)
            {
                conversation.Tally.AddText(text);
                _signature ??= signature is null ? null : CheckSignature(GeminiSignature.TextPurpose(call.Model), signature);
            }
        }

        if (_openCalls > 0)
        {
            conversation.ModelCallsTools();
        }

        return null;
    }

    private VendorError? CheckFirstCall(string name, string? signature, int index) =>
        signature is not null ? CheckSignature(GeminiSignature.CallPurpose(call.Model, name), signature)
        : !thinks ? null
        : GeminiVendor.Refuse(
            $"Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:{name}` , position {index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.");

    private VendorError? CheckSignature(string purpose, string signature) =>
        (Dummies.Contains(signature) && !call.Faults.StrictSignatures) || call.Simulation.Signatures.Verify(purpose, "", signature)
            ? null
            : GeminiVendor.Refuse("Corrupted thought signature.");

    private static string ResultText(JsonElement result) =>
        // SDKs wrap a plain text as { output } or { result }.
        result.Text("output") ?? result.Text("result") ?? (result.IsPresent() ? result.GetRawText() : "");

    private static VendorError Unanswered() => GeminiVendor.Refuse(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
}
