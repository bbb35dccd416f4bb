import Records

/// This computer as the kernel describes it: what it is, what this process may use, what can be measured on it.
///
/// Everything is read from sysfs and procfs below `root`, so that a test can stand a made-up machine in place of this
/// one. The CPUs and their topology are read once, when the value is made: make it before threads are pinned, because
/// the affinity of the main thread bounds what counts as usable. What moves (memory, load) is read when asked.
public struct Machine: Sendable {
  /// The files of this machine.
  let files: SystemFiles
  /// How perf events are tried out.
  let perf: PerfProbe
  /// Whether system calls speak of this machine; where other files stand in for the kernel's, nothing is asked of it.
  let asksKernel: Bool
  /// CPUs, cores and packages, as they stood when the value was made.
  let topology: Topology
  /// What the processor calls itself.
  let processor: Processor
  /// What stands between this process and the hardware.
  let virtualization: Virtualization

  /// Reads the machine whose `/proc` and `/sys` lie below `root`.
  public init(root: String = "/") { self.init(files: SystemFiles(root: root)) }

  /// Reads the machine whose `/sys` and `/proc` are these folders.
  public init(sysfsRoot: String, procfsRoot: String) {
    self.init(files: SystemFiles(sysfs: sysfsRoot, procfs: procfsRoot))
  }

  private init(files: SystemFiles) { self.init(files: files, perf: .live, asksKernel: files.isLive) }

  init(files: SystemFiles, perf: PerfProbe, asksKernel: Bool = true) {
    self.files = files
    self.perf = perf
    self.asksKernel = asksKernel
    self.topology = Topology(files: files)
    self.processor = Processor(files: files)
    self.virtualization = Virtualization(files: files, processor: processor)
  }

  /// Whether this is the running machine, and not one whose files lie below another root.
  public var isLive: Bool { asksKernel }

  /// The largest cache that a usable CPU sees, in bytes; nil where the kernel does not say.
  public var lastLevelCacheBytes: Int? {
    let cpu = topology.usable.first?.id ?? 0
    return Caches.records(of: cpu, files: files).filter { $0.type != "instruction" }.map(\.sizeBytes).max()
  }

  /// Physical cores of which this process may use at least one CPU.
  public var coresPhysical: Int { topology.coresUsable }

  /// CPUs that this process may use, in ascending order: online, inside the cpuset, inside the affinity mask.
  public var cpusUsable: [Int] { topology.usable.map(\.id) }

  /// Usable CPUs in the order in which threads should be pinned to them.
  ///
  /// One CPU of each core comes first, then the cores' second threads. Faster cores come before slower ones, and a
  /// package is filled before the next one is begun. The core of CPU 0 comes last in its package: interrupts and
  /// housekeeping prefer it, so a run on fewer threads than cores leaves it alone.
  public func cpusForPinning() -> [Int] { topology.pinningOrder }

  /// Bytes that can be taken now without swapping and without meeting the cgroup's limit; nil when nothing says.
  public func memoryAvailableBytes() -> Int? { Memory(files: files).availableBytes }

  /// The load average of the last minute; nil when the kernel does not say.
  public func loadAverage1m() -> Double? {
    let load = files.text("/proc/loadavg").flatMap { Fields.number($0.split(separator: " ").first) }
    // Linux has at most four million tasks (PID_MAX_LIMIT); a load above that is no load.
    return load.flatMap { (0...Double(4 << 20)).contains($0) ? $0 : nil }
  }

  /// A stable directory name: the CPU's model and four digits of the host name's hash, as in "amd-epyc-7763-a1f3".
  public var name: String { "\(Slug.make(from: processor.model))-\(hostHash.prefix(4))" }

  /// Sixteen hexadecimal digits of the host name's 64-bit FNV-1a hash: tells machines apart without naming them.
  public var hostHash: String { FNV1a.hexadecimal(of: files.line("/proc/sys/kernel/hostname") ?? "") }
}
