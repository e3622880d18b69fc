using System.Text.Json;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>A response that may be fetched, deleted and continued.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Body">The response as it was sent.</param>
/// <param name="Input">The items that it answers, those of earlier responses included.</param>
/// <param name="Output">The items that it put out.</param>
internal sealed record StoredResponse(string Id, byte[] Body, IReadOnlyList<JsonElement> Input, IReadOnlyList<JsonElement> Output)
{
    /// <summary>Work in the background: what is shown of it before <see cref="DoneAt"/>; null for what was answered at once.</summary>
    public byte[]? Pending { get; init; }

    /// <summary>What is shown once it was cancelled; null for what was answered at once.</summary>
    public byte[]? Cancelled { get; init; }

    /// <summary>When work in the background is done.</summary>
    public DateTimeOffset DoneAt { get; init; }

    /// <summary>The response as it stands at a time.</summary>
    public byte[] At(DateTimeOffset now) => Pending is not null && now < DoneAt ? Pending : Body;
}

/// <summary>Stored responses, bounded: the oldest go first.</summary>
internal sealed class ResponseStore(int capacity)
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, StoredResponse> _byId = new(StringComparer.Ordinal);

    public void Add(StoredResponse response)
    {
        lock (_gate)
        {
            // The same request has the same id: it replaces what it made before.
            _byId[response.Id] = response;
            if (_byId.Count > capacity)
            {
                _byId.RemoveAt(0);
            }
        }
    }

    public StoredResponse? Find(string id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Finds an output item of any stored response.</summary>
    public JsonElement? FindItem(string id)
    {
        lock (_gate)
        {
            foreach (var item in _byId.Values.SelectMany(response => response.Output))
            {
                if (item.Text("id") == id)
                {
                    return item;
                }
            }

            return null;
        }
    }

    public bool Delete(string id)
    {
        lock (_gate)
        {
            return _byId.Remove(id);
        }
    }
}
