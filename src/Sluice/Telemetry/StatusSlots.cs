using System.Globalization;

namespace Sluice.Telemetry;

/// <summary>
/// The HTTP statuses that are counted apart. A vendor's status is passed on, so the set must be closed here: anything else
/// counts under its class (<c>4xx</c>).
/// </summary>
internal static class StatusSlots
{
    private static readonly int[] Exact =
        [200, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 422, 429, 499, 500, 501, 502, 503, 504, 529];

    /// <summary>The value of the label <c>status</c>, by slot.</summary>
    public static readonly string[] Labels =
        [.. Exact.Select(s => s.ToString(CultureInfo.InvariantCulture)), "1xx", "2xx", "3xx", "4xx", "5xx", "other"];

    public static int Count => Labels.Length;

    public static int Of(int status)
    {
        for (var i = 0; i < Exact.Length; i++)
        {
            if (Exact[i] == status)
            {
                return i;
            }
        }

        return Exact.Length + (status is >= 100 and < 600 ? (status / 100) - 1 : 5);
    }
}
