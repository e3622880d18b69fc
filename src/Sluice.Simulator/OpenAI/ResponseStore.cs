using System.Text.Json;

namespace Sluice.Simulator.OpenAI;

/// <summary>A response that may be fetched, deleted and continued.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Body">The response as it was sent.</param>
/// <param name="Items">The conversation up to and with it, as input items.</param>
internal sealed record StoredResponse(string Id, byte[] Body, IReadOnlyList<JsonElement> Items);

/// <summary>Stored responses, bounded: the oldest go first.</summary>
internal sealed class ResponseStore(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredResponse> _byId = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = [];

    public void Add(StoredResponse response)
    {
        lock (_gate)
        {
            // The same request has the same id: it replaces what it made before.
            if (_byId.TryAdd(response.Id, response))
            {
                _order.Enqueue(response.Id);
            }
            else
            {
                _byId[response.Id] = response;
            }

            while (_order.Count > capacity)
            {
                _byId.Remove(_order.Dequeue());
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

    public bool Delete(string id)
    {
        lock (_gate)
        {
            return _byId.Remove(id);
        }
    }
}
