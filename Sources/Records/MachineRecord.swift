/// What the machine was when a run started. Every field that could not be read is absent.
public struct MachineRecord: Codable, Sendable, Equatable {
  /// A stable directory name: CPU model and four hexadecimal digits of the host name's hash.
  public var name: String
  /// First 16 hexadecimal digits of SHA-256 of the host name: tells machines apart without naming them.
  public var hostHash: String
  /// The operating system's pretty name and the kernel's release.
  public var os: String?
  public var kernelRelease: String?
  /// "x86_64" or "aarch64".
  public var architecture: String
  /// "kvm", "docker", …: what stands between this process and the hardware, where something does.
  public var virtualization: String?

  /// The processor.
  public var cpu: CPURecord
  /// Sizes in bytes, sharing in CPUs.
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

/// The processor.
public struct CPURecord: Codable, Sendable, Equatable {
  /// "AuthenticAMD", "GenuineIntel", "ARM", …
  public var vendor: String?
  /// The marketing name.
  public var model: String
  public var family: Int?
  public var modelNumber: Int?
  public var stepping: Int?
  public var microcode: String?
  public var sockets: Int
  /// Physical cores that this process may use.
  public var coresPhysical: Int
  /// CPUs (hardware threads) that this process may use: affinity and cgroup cpuset honoured.
  public var cpusUsable: Int
  /// CPUs online in the machine.
  public var cpusOnline: Int
  /// Whether cores run two threads.
  public var smt: Bool?
  /// Instruction sets that kernels can use, as `tern list kernels` names them.
  public var isa: [String]

  enum CodingKeys: String, CodingKey {
    case vendor, model, family, stepping, microcode, sockets, smt, isa
    case modelNumber = "model_number"
    case coresPhysical = "cores_physical"
    case cpusUsable = "cpus_usable"
    case cpusOnline = "cpus_online"
  }

  /// Makes a processor.
  public init(
    vendor: String? = nil, model: String, family: Int? = nil, modelNumber: Int? = nil, stepping: Int? = nil,
    microcode: String? = nil, sockets: Int, coresPhysical: Int, cpusUsable: Int, cpusOnline: Int, smt: Bool? = nil,
    isa: [String] = []
  ) {
    self.vendor = vendor
    self.model = model
    self.family = family
    self.modelNumber = modelNumber
    self.stepping = stepping
    self.microcode = microcode
    self.sockets = sockets
    self.coresPhysical = coresPhysical
    self.cpusUsable = cpusUsable
    self.cpusOnline = cpusOnline
    self.smt = smt
    self.isa = isa
  }
}

/// One cache level of CPU 0's kind.
public struct CacheRecord: Codable, Sendable, Equatable {
  public var level: Int
  /// "data", "instruction" or "unified".
  public var type: String
  public var sizeBytes: Int
  /// How many CPUs share one instance.
  public var sharedByCpus: Int?

  enum CodingKeys: String, CodingKey {
    case level, type
    case sizeBytes = "size_bytes"
    case sharedByCpus = "shared_by_cpus"
  }

  /// Makes a cache.
  public init(level: Int, type: String, sizeBytes: Int, sharedByCpus: Int?) {
    self.level = level
    self.type = type
    self.sizeBytes = sizeBytes
    self.sharedByCpus = sharedByCpus
  }
}

/// One NUMA node.
public struct NUMANodeRecord: Codable, Sendable, Equatable {
  public var id: Int
  public var cpus: [Int]
  public var memoryTotalBytes: Int?
  /// Distances to all nodes, in the order of their ids; 10 is local.
  public var distances: [Int]?

  enum CodingKeys: String, CodingKey {
    case id, cpus, distances
    case memoryTotalBytes = "memory_total_bytes"
  }

  /// Makes a node.
  public init(id: Int, cpus: [Int], memoryTotalBytes: Int?, distances: [Int]?) {
    self.id = id
    self.cpus = cpus
    self.memoryTotalBytes = memoryTotalBytes
    self.distances = distances
  }
}

/// Frequency scaling of the first usable CPU.
public struct FrequencyRecord: Codable, Sendable, Equatable {
  public var driver: String?
  public var governor: String?
  public var minKhz: Int?
  public var maxKhz: Int?
  /// Whether turbo or boost is allowed.
  public var turbo: Bool?
  public var energyPerformancePreference: String?

  enum CodingKeys: String, CodingKey {
    case driver, governor, turbo
    case minKhz = "min_khz"
    case maxKhz = "max_khz"
    case energyPerformancePreference = "energy_performance_preference"
  }

  /// Makes a setting.
  public init(
    driver: String? = nil, governor: String? = nil, minKhz: Int? = nil, maxKhz: Int? = nil, turbo: Bool? = nil,
    energyPerformancePreference: String? = nil
  ) {
    self.driver = driver
    self.governor = governor
    self.minKhz = minKhz
    self.maxKhz = maxKhz
    self.turbo = turbo
    self.energyPerformancePreference = energyPerformancePreference
  }
}
