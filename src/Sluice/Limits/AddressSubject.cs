using System.Net;
using System.Net.Sockets;

namespace Sluice.Limits;

/// <summary>
/// An address as limits count it: IPv4 whole, also where it comes mapped into IPv6; of IPv6 the network of 64 bits, since every
/// customer of a provider has at least so much of it to himself.
/// </summary>
/// <param name="Network">The address's first 64 bits; of IPv4 its 32 bits.</param>
/// <param name="IsIPv6">Tells equal numbers of the two apart.</param>
internal readonly record struct AddressSubject(ulong Network, bool IsIPv6)
{
    private const int IPv6Length = 16;

    public static AddressSubject Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[IPv6Length];
        address.TryWriteBytes(bytes, out _);
        var isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;
        var first = isIPv6 ? bytes[..sizeof(ulong)] : address.IsIPv4MappedToIPv6 ? bytes[^sizeof(uint)..] : bytes[..sizeof(uint)];
        var network = 0UL;
        foreach (var part in first)
        {
            network = (network << 8) | part;
        }

        return new AddressSubject(network, isIPv6);
    }

    /// <summary>As rules write it: <c>10.1.2.3</c>, <c>2001:db8:1:2::</c>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[IPv6Length];
        bytes.Clear();
        var length = IsIPv6 ? sizeof(ulong) : sizeof(uint);
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)(Network >> (8 * (length - 1 - i)));
        }

        return new IPAddress(IsIPv6 ? bytes : bytes[..length]).ToString();
    }
}
