/// CPUs, the cores they belong to, and which of them this process may use.
struct Topology: Sendable, Equatable {
  /// One hardware thread.
  struct CPU: Sendable, Equatable {
    let id: Int
    /// The lowest CPU number of the same core: a name for the core.
    let core: Int
    let package: Int
    /// How fast the core is beside the others: 0 for efficiency cores, `cpu_capacity` where the kernel has it.
    let capacity: Int
  }

  /// CPUs online, in ascending order; never empty.
  let online: [CPU]
  /// CPUs that this process may use, in ascending order; never empty.
  let usable: [CPU]
  /// Whether cores run more than one thread; nil when nothing says.
  let smt: Bool?
  /// A list of allowed CPUs that is not one, as it was written; such a list bounds nothing.
  let unreadableList: String?

  /// Reads the topology: sysfs first, then /proc/cpuinfo, and as a last resort one CPU, for something runs this code.
  init(files: SystemFiles) {
    let fallback = CPUInfoTopology(files: files)
    let ids = Self.onlineIDs(files: files, fallback: fallback)
    let slow = Set(files.cpus("/sys/devices/cpu_atom/cpus") ?? [])
    online = ids.map { Self.cpu($0, files: files, slow: slow, fallback: fallback) }
    let (allowed, unreadable) = Self.allowedIDs(files: files)
    unreadableList = unreadable
    let inside = online.filter { cpu in allowed.allSatisfy { $0.contains(cpu.id) } }
    usable = inside.isEmpty ? online : inside
    smt = Self.smt(online: online, files: files)
  }

  /// Packages that hold an online CPU.
  var packages: Int { Set(online.map(\.package)).count }
  /// Cores that hold a usable CPU.
  var coresUsable: Int { Set(usable.map(\.core)).count }
  /// The lowest usable CPU: whose caches and frequency a record shows.
  var firstUsable: Int { usable.first?.id ?? 0 }

  /// Online CPUs of the same core as this one, itself included, in ascending order.
  func siblings(of cpu: Int) -> [Int] {
    guard let core = online.first(where: { $0.id == cpu })?.core else { return [] }
    return online.filter { $0.core == core }.map(\.id)
  }

  /// See `Machine.cpusForPinning()`.
  var pinningOrder: [Int] {
    let cores = Dictionary(grouping: usable, by: \.core).values.map { $0.sorted { $0.id < $1.id } }
    let ordered = cores.sorted { Self.rank($0[0]) < Self.rank($1[0]) }
    let threads = ordered.map(\.count).max() ?? 0
    return (0..<threads).flatMap { turn in ordered.filter { $0.count > turn }.map { $0[turn].id } }
  }

  private static func rank(_ cpu: CPU) -> (Int, Int, Int, Int) {
    (-cpu.capacity, cpu.package, cpu.core == 0 ? 1 : 0, cpu.id)
  }
}

extension Topology {
  private static let folder = "/sys/devices/system/cpu"

  private static func onlineIDs(files: SystemFiles, fallback: CPUInfoTopology) -> [Int] {
    if let ids = files.cpus("\(folder)/online"), !ids.isEmpty { return ids }
    let listed = fallback.cpus.keys.sorted()
    return listed.isEmpty ? [0] : listed
  }

  /// Every list that bounds the choice: the cpuset of the cgroup, and the affinity of this process.
  private static func allowedIDs(files: SystemFiles) -> (lists: [Set<Int>], unreadable: String?) {
    let status = files.text("/proc/self/status").map { Fields.pairs($0, separator: ":") } ?? [:]
    let text = status["Cpus_allowed_list"]
    let affinity = text.flatMap(CPUList.parse)
    let lists = [ControlGroups(files: files).cpuset, affinity].compactMap { $0 }.filter { !$0.isEmpty }.map(Set.init)
    return (lists, affinity == nil ? text.map { String($0.prefix(40)) } : nil)
  }

  private static func cpu(_ id: Int, files: SystemFiles, slow: Set<Int>, fallback: CPUInfoTopology) -> CPU {
    let path = "\(folder)/cpu\(id)"
    let siblings = files.cpus("\(path)/topology/thread_siblings_list") ?? files.cpus("\(path)/topology/core_cpus_list")
    let package = files.integer("\(path)/topology/physical_package_id") ?? fallback.cpus[id]?.package
    return CPU(
      id: id, core: siblings?.first ?? fallback.firstSibling(of: id),
      // ARM kernels write −1 where the firmware names no package.
      package: max(0, package ?? 0),
      capacity: slow.contains(id) ? 0 : files.integer("\(path)/cpu_capacity") ?? 1024)
  }

  private static func smt(online: [CPU], files: SystemFiles) -> Bool? {
    if let active = files.integer("\(folder)/smt/active") { return active == 1 }
    return online.count > 1 ? Set(online.map(\.core)).count < online.count : nil
  }
}

/// What /proc/cpuinfo of x86 says about cores, for containers that hide sysfs; read when it is first asked.
private final class CPUInfoTopology {
  struct Place { let package: Int, core: Int? }
  private let files: SystemFiles
  private(set) lazy var cpus = Self.read(files: files)

  init(files: SystemFiles) { self.files = files }

  private static func read(files: SystemFiles) -> [Int: Place] {
    var cpus: [Int: Place] = [:]
    for block in CPUInfo.blocks(files: files) {
      guard let id = block["processor"].flatMap({ Fields.integer($0) }), (0..<CPUList.limit).contains(id) else {
        continue
      }
      cpus[id] = Place(
        package: block["physical id"].flatMap { Fields.integer($0) } ?? 0,
        core: block["core id"].flatMap { Fields.integer($0) })
    }
    return cpus
  }

  /// The lowest CPU of the same core; the CPU itself when its core is not named.
  func firstSibling(of id: Int) -> Int {
    guard let place = cpus[id], let core = place.core else { return id }
    return cpus.filter { $0.value.package == place.package && $0.value.core == core }.keys.min() ?? id
  }
}
