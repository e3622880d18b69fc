using Sluice.Protocol.OpenAIResponses;
using Sluice.Storage;

namespace Sluice.StoredResponses;

/// <summary>Sees to it that the answer of one call can be asked for later. Used by one thread at a time.</summary>
/// <param name="directory">Where answers are kept.</param>
/// <param name="keyId">Whose call it is.</param>
/// <param name="model">The model as it was asked for.</param>
/// <param name="created">When the call was made.</param>
/// <param name="maxBytes">The largest answer to keep, with its input.</param>
internal sealed class AnswerKeeping(ResponseDirectory directory, string keyId, string model, DateTimeOffset created, long maxBytes)
{
    private RelayedAnswer? _relayed;
    private VendorPlace? _vendor;
    private string _vendorModel = "";
    private byte[] _input = [];

    /// <summary>The id of an answer that Sluice writes itself, the same for all attempts.</summary>
    public string Id { get; init; } = RandomId.Create("resp_");

    /// <summary>The answer that the call goes on from, where that is kept here.</summary>
    public string? PreviousId { get; init; }

    /// <summary>What the call itself said, a JSON array, where its body was changed; else empty, and the body has it.</summary>
    public ReadOnlyMemory<byte> OwnInput { get; init; }

    /// <summary>What is to be done with the answer in the place of keeping it; null for most.</summary>
    public Action<ResponseContent>? InPlace { get; init; }

    /// <summary>The answer, once it is kept; null before.</summary>
    public ResponseContent? Kept { get; private set; }

    /// <summary>The id of an answer that is kept by its vendor, once it is known.</summary>
    public string? VendorId => _vendor is null ? null : _relayed?.Id;

    /// <summary>True when the request alone is too large to be kept.</summary>
    public bool IsTooLarge(int bodyLength) => OwnInput.Length > maxBytes || (OwnInput.IsEmpty && bodyLength > maxBytes);

    /// <summary>The vendor keeps the answer that is relayed now: its id and where that is are remembered.</summary>
    public void BeginAtVendor(VendorPlace place, string vendorModel, bool isStream)
    {
        _vendor = place;
        _vendorModel = vendorModel;
        _relayed = new RelayedAnswer(isStream, needsWhole: false, maxBytes);
    }

    /// <summary>Nobody else keeps the answer that is relayed now: it is copied on its way.</summary>
    public void BeginHere(ReadOnlySpan<byte> input, bool isStream)
    {
        _vendor = null;
        _input = [.. input];
        _relayed = new RelayedAnswer(isStream, needsWhole: true, maxBytes);
    }

    /// <summary>Takes the next bytes of a relayed answer, before the client sees them.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_relayed is { IsDone: false } relayed)
        {
            relayed.Read(bytes);
            KeepWhenDone(relayed);
        }
    }

    /// <summary>A relayed answer has come to its good end.</summary>
    public void Complete()
    {
        if (_relayed is { IsDone: false } relayed)
        {
            relayed.Complete();
            KeepWhenDone(relayed);
        }
    }

    /// <summary>Keeps an answer that Sluice has written itself.</summary>
    /// <param name="input">The <c>input</c> of the body.</param>
    /// <param name="response">The whole <c>response</c> object.</param>
    public void Keep(ReadOnlyMemory<byte> input, byte[] response)
    {
        var items = OwnInput.IsEmpty ? ResponsesConversation.ArrayOf(ResponsesConversation.ItemsOf(input)) : OwnInput;
        if (items.Length + response.Length <= maxBytes && response.Length > 0)
        {
            Keep(Id, new ResponseContent(items, response, default));
        }
    }

    private void KeepWhenDone(RelayedAnswer relayed)
    {
        if (relayed is not { IsDone: true, Id: { } id })
        {
            return;
        }

        if (_vendor is { } place)
        {
            directory.Keep(New(id, _vendorModel) with { Vendor = place });
        }
        else
        {
            var items = ResponsesConversation.ArrayOf(ResponsesConversation.ItemsOf(_input));
            Keep(id, new ResponseContent(items, relayed.Response, default));
        }
    }

    private void Keep(string id, ResponseContent content)
    {
        Kept = content;
        if (InPlace is { } take)
        {
            take(content);
        }
        else
        {
            directory.Keep(New(id, model) with { Content = content, PreviousId = PreviousId });
        }
    }

    private StoredResponse New(string id, string ofModel)
        => new(keyId, id, ofModel) { CreatedAt = created, ExpiresAt = directory.ExpiryOf(created) };
}
