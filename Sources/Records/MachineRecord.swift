/// What the machine was when a run started.
///
/// Every field that could not be read is absent.
public struct MachineRecord: Codable, Sendable, Equatable {
  /// A stable directory name: CPU model and four hexadecimal digits of the host name's hash.
  public var name: String
  /// Sixteen hexadecimal digits of the host name's 64-bit FNV-1a hash: tells machines apart without naming them.
  public var hostHash: String
  /// The operating system's pretty name.
  public var os: String?
  /// The kernel's release, as `uname -r` prints it.
  public var kernelRelease: String?
  /// "x86_64" or "aarch64".
  public var architecture: String
  /// "kvm", "docker", …: what stands between this process and the hardware, where something does.
  public var virtualization: String?

  /// The processor.
  public var cpu: CPURecord
  /// The caches that CPU 0 sees, from the smallest.
  public var caches: [CacheRecord]
  /// Main memory, bytes.
  public var memoryTotalBytes: Int?
  /// What could be taken at the start: the lower of MemAvailable and the cgroup's limit.
  public var memoryAvailableBytes: Int?
  /// NUMA nodes with their CPUs and memory.
  public var numaNodes: [NUMANodeRecord]

  /// Frequency scaling as it stood.
  public var frequency: FrequencyRecord?
  /// Kernel settings that change what is measured: `transparent_hugepage`, `randomize_va_space`,
  /// `perf_event_paranoid`, `numa_balancing`, `nmi_watchdog`, …: name to its text.
  public var settings: [String: String]
  /// One-minute load average at the start.
  public var loadAverage1m: Double?

  enum CodingKeys: String, CodingKey {
    case name, os, architecture, virtualization, cpu, caches, frequency, settings
    case hostHash = "host_hash"
    case kernelRelease = "kernel_release"
    case memoryTotalBytes = "memory_total_bytes"
    case memoryAvailableBytes = "memory_available_bytes"
    case numaNodes = "numa_nodes"
    case loadAverage1m = "load_average_1m"
  }

  /// Makes a machine; what is not known stays nil or empty.
  public init(
    name: String, hostHash: String, os: String? = nil, kernelRelease: String? = nil, architecture: String,
    virtualization: String? = nil, cpu: CPURecord, caches: [CacheRecord] = [], memoryTotalBytes: Int? = nil,
    memoryAvailableBytes: Int? = nil, numaNodes: [NUMANodeRecord] = [], frequency: FrequencyRecord? = nil,
    settings: [String: String] = [:], loadAverage1m: Double? = nil
  ) {
    self.name = name
    self.hostHash = hostHash
    self.os = os
    self.kernelRelease = kernelRelease
    self.architecture = architecture
    self.virtualization = virtualization
    self.cpu = cpu
    self.caches = caches
    self.memoryTotalBytes = memoryTotalBytes
    self.memoryAvailableBytes = memoryAvailableBytes
    self.numaNodes = numaNodes
    self.frequency = frequency
    self.settings = settings
    self.loadAverage1m = loadAverage1m
  }
}
