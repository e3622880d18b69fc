using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c> for callers that send <c>anthropic-version</c>.</summary>
internal static class AnthropicModels
{
    private const int DefaultLimit = 20;

    public static Reply List(Call call)
    {
        var query = call.Http.Request.Query;
        var limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : DefaultLimit;
        var (page, more) = Page(Position(query, "after_id"), Position(query, "before_id"), Math.Max(1, limit));
        return new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var model in page)
            {
                Write(json, model);
            }

            json.WriteEndArray();
            json.WriteBoolean("has_more", more);
            json.WriteString("first_id", page.FirstOrDefault()?.Id);
            json.WriteString("last_id", page.LastOrDefault()?.Id);
            json.WriteEndObject();
        }));
    }

    /// <summary>Answers for every name but unknown ones, as the other paths do.</summary>
    public static Reply Get(Call call, string id) => id.StartsWith("unknown", StringComparison.Ordinal)
        ? new ErrorReply(call.Vendor.UnknownModel(id))
        : new JsonReply(JsonText.Bytes(json => Write(json, SimulatorModels.Find(id) ?? new SimulatedModel(id, id, 200_000, 64_000))));

    private static int? Position(IQueryCollection query, string name)
    {
        var id = query[name].ToString();
        var index = SimulatorModels.All.Select(model => model.Id).ToList().IndexOf(id);
        return index < 0 ? null : index;
    }

    private static (List<SimulatedModel> Page, bool More) Page(int? after, int? before, int limit)
    {
        var all = SimulatorModels.All;
        if (before is { } end)
        {
            var start = Math.Max(0, end - limit);
            return ([.. all.Take(end).Skip(start)], start > 0);
        }

        var from = after + 1 ?? 0;
        return ([.. all.Skip(from).Take(limit)], from + limit < all.Count);
    }

    private static void Write(Utf8JsonWriter json, SimulatedModel model)
    {
        json.WriteStartObject();
        json.WriteString("type", "model");
        json.WriteString("id", model.Id);
        json.WriteString("display_name", model.DisplayName);
        json.WriteString("created_at", SimulatorModels.Released.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteNull("capabilities");
        json.WriteString("lifecycle", "active");
        json.WriteNull("line");
        json.WriteNumber("max_input_tokens", model.ContextTokens);
        json.WriteNumber("max_tokens", model.MaxOutputTokens);
        json.WriteNull("deprecated_at");
        json.WriteNull("retires_at");
        json.WriteEndObject();
    }
}
