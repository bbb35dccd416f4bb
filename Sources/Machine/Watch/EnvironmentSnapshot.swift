import CLinux
import Glibc

/// The counters of disturbance at one moment; whatever cannot be read is nil.
struct EnvironmentSnapshot: Sendable, Equatable {
  var times: CPUTimes?
  /// Ticks that this process and its finished children used.
  var ownTicks: Int?
  /// Page faults of this process and its finished children that had to read a disk.
  var majorFaults: Int?
  /// Times that a thread of this process lost its CPU to another.
  var involuntarySwitches: Int?
  /// What the control groups' quotas did, summed over the hierarchy.
  var throttledPeriods: Int?
  var throttledNs: Int?
  /// Times that a core or package lowered its clock because of heat.
  var thermalEvents: Int?
  /// How long some task has waited for memory and for disks since boot.
  var memoryStallUs: Int?
  var ioStallUs: Int?
  /// The sensor of the processor that is nearest to its limit.
  var temperature: Temperatures.Reading?
  /// What may be set and should not change.
  var settings: EnvironmentSettings?
  /// How long the machine slept since boot.
  var suspendedNs: Int?
  /// When the snapshot was taken, CLOCK_MONOTONIC.
  var takenNs: Int?

  init() {}

  /// Takes a snapshot; `cpus` are those whose heat and settings count, `processes` those that count as this one.
  init(machine: Machine, cpus: [Int], processes: [Int32] = []) {
    let files = machine.files
    times = CPUTimes.read(files: files)
    (ownTicks, majorFaults) = Self.ownUse(files: files)
    for process in processes {
      let use = Self.use(of: "\(process)", files: files)
      (ownTicks, majorFaults) = (Self.sum(ownTicks, use.ticks), Self.sum(majorFaults, use.majorFaults))
    }
    involuntarySwitches = Self.involuntarySwitches(files: files)
    (throttledPeriods, throttledNs) = Self.throttling(files: files)
    thermalEvents = Self.thermalEvents(files: files, cpus: cpus)
    memoryStallUs = Pressure.read("memory", files: files)?.totalUs
    ioStallUs = Pressure.read("io", files: files)?.totalUs
    temperature = Temperatures.hottest(files: files)
    settings = EnvironmentSettings(machine: machine, cpus: cpus)
    (takenNs, suspendedNs) = Self.clocks()
    if !machine.asksKernel { suspendedNs = nil }
  }
}

extension EnvironmentSnapshot {
  /// Of proc_pid_stat(5) fields 12 and 13, majflt and cmajflt, and 14 to 17, utime, stime, cutime and cstime.
  ///
  /// The program's name before them may hold spaces and parentheses, so fields are counted from the last parenthesis.
  private static func ownUse(files: SystemFiles) -> (ticks: Int?, majorFaults: Int?) { use(of: "self", files: files) }

  /// Nil where one of the two is not known.
  private static func sum(_ first: Int?, _ second: Int?) -> Int? {
    guard let first, let second else { return nil }
    return first + second
  }

  private static func use(of process: String, files: SystemFiles) -> (ticks: Int?, majorFaults: Int?) {
    guard let line = files.line("/proc/\(process)/stat"), let end = line.lastIndex(of: ")") else { return (nil, nil) }
    let fields = line[line.index(after: end)...].split(separator: " ")
    guard fields.count > 14 else { return (nil, nil) }
    func sum(_ range: ClosedRange<Int>) -> Int? {
      let values = fields[range].compactMap { Fields.integer($0) }.filter { $0 >= 0 }
      return values.count == range.count ? values.reduce(0, +) : nil
    }
    return (sum(11...14), sum(9...10))
  }

  private static func involuntarySwitches(files: SystemFiles) -> Int? {
    let counts = files.names(in: "/proc/self/task").compactMap { thread -> Int? in
      guard let text = files.text("/proc/self/task/\(thread)/status") else { return nil }
      return Fields.pairs(text, separator: ":")["nonvoluntary_ctxt_switches"].flatMap { Fields.integer($0) }
    }
    return counts.isEmpty ? nil : counts.reduce(0, +)
  }

  /// Version 2 counts throttled_usec, version 1 throttled_time in nanoseconds.
  private static func throttling(files: SystemFiles) -> (periods: Int?, ns: Int?) {
    guard let chain = ControlGroups(files: files).chain(of: "cpu") else { return (nil, nil) }
    var periods: Int?, ns: Int?
    for folder in chain.folders {
      guard let text = files.text("\(folder)/cpu.stat") else { continue }
      let pairs = Fields.pairs(text, separator: " ")
      if let count = pairs["nr_throttled"].flatMap({ Fields.integer($0) }) { periods = (periods ?? 0) + count }
      let micro = pairs["throttled_usec"].flatMap { Fields.integer($0) }.map { $0 &* 1000 }
      if let time = micro ?? pairs["throttled_time"].flatMap({ Fields.integer($0) }) { ns = (ns ?? 0) &+ time }
    }
    return (periods, ns)
  }

  private static func thermalEvents(files: SystemFiles, cpus: [Int]) -> Int? {
    let counts = cpus.flatMap { cpu in
      ["core_throttle_count", "package_throttle_count"].compactMap {
        files.integer("/sys/devices/system/cpu/cpu\(cpu)/thermal_throttle/\($0)")
      }
    }
    return counts.isEmpty ? nil : counts.reduce(0, +)
  }

  /// CLOCK_BOOTTIME goes on while the machine sleeps, CLOCK_MONOTONIC does not.
  private static func clocks() -> (takenNs: Int?, suspendedNs: Int?) {
    var boot = timespec(), monotonic = timespec()
    guard clock_gettime(CLOCK_MONOTONIC, &monotonic) == 0 else { return (nil, nil) }
    let taken = monotonic.tv_sec * 1_000_000_000 + monotonic.tv_nsec
    guard clock_gettime(CLOCK_BOOTTIME, &boot) == 0 else { return (taken, nil) }
    return (taken, boot.tv_sec * 1_000_000_000 + boot.tv_nsec - taken)
  }
}
