using System.Diagnostics;
using System.Globalization;

namespace Sluice.Telemetry;

/// <summary>The process and its runtime, under the names that Prometheus clients use everywhere.</summary>
internal static class RuntimeGauges
{
    public static void Write(PrometheusWriter writer)
    {
        using var process = Process.GetCurrentProcess();
        Value(writer, "process_cpu_seconds_total", "counter", "User and system CPU time.", Environment.CpuUsage.TotalTime.TotalSeconds);
        Value(writer, "process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        Value(writer, "process_threads", "gauge", "Threads of the operating system.", process.Threads.Count);
        Value(writer, "process_open_fds", "gauge", "Open file descriptors; on other systems than Unix, handles.", process.HandleCount);
        Value(writer, "process_start_time_seconds", "gauge", "Start of the process, in seconds since the Unix epoch.", new DateTimeOffset(process.StartTime).ToUnixTimeSeconds());

        var memory = GC.GetGCMemoryInfo();
        Value(writer, "dotnet_gc_heap_size_bytes", "gauge", "Managed heap, garbage included.", GC.GetTotalMemory(forceFullCollection: false));
        Value(writer, "dotnet_gc_committed_bytes", "gauge", "Memory that the managed heap holds.", memory.TotalCommittedBytes);
        Value(writer, "dotnet_gc_allocated_bytes_total", "counter", "Bytes allocated since the start.", GC.GetTotalAllocatedBytes());
        Value(writer, "dotnet_gc_pause_seconds_total", "counter", "Time that collections stopped the process.", GC.GetTotalPauseDuration().TotalSeconds);
        writer.Family("dotnet_gc_collections_total", "counter", "Collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            writer.Sample("dotnet_gc_collections_total", GC.CollectionCount(generation), ("generation", generation.ToString(CultureInfo.InvariantCulture)));
        }

        Value(writer, "dotnet_thread_pool_threads", "gauge", "Threads of the pool.", ThreadPool.ThreadCount);
        Value(writer, "dotnet_thread_pool_queue_length", "gauge", "Work waiting for a thread of the pool.", ThreadPool.PendingWorkItemCount);
    }

    private static void Value(PrometheusWriter writer, string name, string type, string help, double value)
    {
        writer.Family(name, type, help);
        writer.Sample(name, value);
    }
}
