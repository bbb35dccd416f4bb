import Foundation
import Glibc
import Synchronization

@testable import Machine
@testable import Meters

/// A machine of made-up files whose counters run on a clock of their own.
///
/// What is looked up lies in a folder; what is read again and again comes from closures of the time, so that an hour
/// passes at once and every fault can be had at any moment.
final class EnergyHost: @unchecked Sendable {
  /// What the kernel answers to one read.
  enum Answer {
    case text(String)
    case event(count: UInt64, enabledNs: UInt64, runningNs: UInt64)
    case refused(Int32)
  }

  let path: String
  /// Seconds since the machine was started.
  private(set) var seconds = 1000.0
  /// How long a read takes.
  var readSeconds = 50e-6
  var asleepSeconds = 0.0
  /// Path, or "type/config/cpu" of an event, to its answer at a time.
  var answers: [String: (Double) -> Answer] = [:]
  /// What opening answers in place of a descriptor.
  var refusals: [String: Int32] = [:]
  /// What an event answers when it is looked up.
  var probes: [String: PerfProbe.Answer] = [:]
  private var opened: [String] = []

  init(flags: String = "fpu avx2", vendor: String = "GenuineIntel", packages: Int = 1) {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-energy-\(UUID().uuidString)").path
    let cpus = (0..<packages).map { cpu in
      """
      processor\t: \(cpu)
      vendor_id\t: \(vendor)
      cpu family\t: 6
      model\t\t: 106
      model name\t: A processor
      physical id\t: \(cpu)
      core id\t\t: 0
      flags\t\t: \(flags)
      """
    }
    write("/proc/cpuinfo", cpus.joined(separator: "\n\n"))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ file: String, _ text: String) {
    let folder = (path + file as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: path + file, contents: Data((text + "\n").utf8))
  }

  func link(_ file: String, to target: String) {
    let folder = (path + file as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? FileManager.default.createSymbolicLink(atPath: path + file, withDestinationPath: target)
  }

  func remove(_ file: String) { try? FileManager.default.removeItem(atPath: path + file) }

  /// Lets time pass.
  func pass(_ time: Double) { seconds += time }

  var inventory: EnergyInventory { inventory() }

  func inventory(denying denied: Set<String> = []) -> EnergyInventory {
    var files = SystemFiles(root: path)
    files.denied = denied
    let probe = EnergyEventProbe { [self] events in events.map { probes[Self.key($0)] ?? .counts } }
    return Machine(files: files, perf: PerfProbe { _ in .counts }).energyInventory(events: probe)
  }

  static func key(_ event: EnergyEvent) -> String { "\(event.type)/\(event.config)/\(event.cpu)" }

  var calls: EnergyCalls {
    EnergyCalls(
      open: { [self] in open(String($0.dropFirst(path.utf8.count))) },
      openEvent: { [self] in open(Self.key($0)) },
      readFile: { [self] in read($0, $1, $2) }, readEvent: { [self] in read($0, $1, $2) },
      close: { _ in }, nowNs: { [self] in UInt64(seconds * 1e9) }, asleepNs: { [self] in Int(asleepSeconds * 1e9) })
  }

  private func open(_ name: String) -> Int32 {
    if let refusal = refusals[name] { return -refusal }
    if answers[name] == nil { return -ENOENT }
    opened.append(name)
    return Int32(opened.count - 1)
  }

  private func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    pass(readSeconds)
    guard let answer = answers[opened[Int(descriptor)]]?(seconds) else { return -Int(ENODEV) }
    switch answer {
    case .refused(let number): return -Int(number)
    case .text(let text):
      let bytes = Array(text.utf8).prefix(count)
      buffer.copyMemory(from: Array(bytes), byteCount: bytes.count)
      return bytes.count
    case .event(let value, let enabledNs, let runningNs):
      if value == .max { return 0 }
      for (index, word) in [value, enabledNs, runningNs].enumerated() {
        buffer.storeBytes(of: word, toByteOffset: index * 8, as: UInt64.self)
      }
      return 24
    }
  }
}

// MARK: - Parts of machines

extension EnergyHost {
  static let devices = "/sys/devices/virtual/powercap"
  /// Of the counters with a step of 61 µJ.
  static let range: UInt64 = 262_143_328_850

  /// A counter's text: so many watts, a new value every millisecond, from `start` round `range`.
  static func count(
    _ watts: Double, start: UInt64 = 5_000_000, range: UInt64 = EnergyHost.range, updateSeconds: Double = 0.001
  ) -> (Double) -> Answer {
    { seconds in
      let updates = ((seconds - 1000) / updateSeconds).rounded(.down)
      let value = (start + UInt64(updates * updateSeconds * watts * 1e6)) % (range + 1)
      return .text("\(value)\n")
    }
  }

  /// Adds a zone of powercap as the kernel lays it out; "intel-rapl:0:1" lies in "intel-rapl:0".
  @discardableResult
  func zone(
    _ id: String, _ name: String?, watts: Double, start: UInt64 = 5_000_000, range: UInt64? = EnergyHost.range
  ) -> String {
    let parts = id.split(separator: ":")
    let parent = parts.count == 3 ? "/\(parts[0]):\(parts[1])" : ""
    let folder = "\(Self.devices)/\(parts[0])\(parent)/\(id)"
    write("\(Self.devices)/\(parts[0])/enabled", "1")
    link("/sys/class/powercap/\(parts[0])", to: "../../devices/virtual/powercap/\(parts[0])")
    if let name { write("\(folder)/name", name) }
    write("\(folder)/energy_uj", "\(start)")
    if let range { write("\(folder)/max_energy_range_uj", "\(range)") }
    link("/sys/class/powercap/\(id)", to: "../../devices/virtual/powercap/\(parts[0])\(parent)/\(id)")
    let path = "/sys/class/powercap/\(id)/energy_uj"
    answers[path] = Self.count(watts, start: start, range: range.flatMap { $0 > 0 ? $0 : nil } ?? Self.range)
    return path
  }

  /// Adds perf's PMU with one event on one CPU per package; returns its keys.
  @discardableResult
  func pmu(
    event: String = "energy-pkg", code: String = "event=0x02", cpus: [Int] = [0], watts: Double,
    scale: String = "2.3283064365386962890625e-10", trueScale: Double = 0x1p-32
  ) -> [String] {
    let folder = "/sys/bus/event_source/devices/power"
    write("\(folder)/type", "9")
    write("\(folder)/cpumask", cpus.map(String.init).joined(separator: ","))
    write("\(folder)/format/event", "config:0-7")
    write("\(folder)/events/\(event)", code)
    write("\(folder)/events/\(event).scale", scale)
    write("\(folder)/events/\(event).unit", "Joules")
    let config = code.hasPrefix("event=0x") ? UInt64(code.dropFirst(8), radix: 16) ?? 0 : 0
    let keys = cpus.map { "9/\(config)/\($0)" }
    for key in keys {
      answers[key] = { seconds in
        let joules = ((seconds - 1000) * 1000).rounded(.down) / 1000 * watts
        let ns = UInt64((seconds - 1000) * 1e9)
        return .event(count: UInt64(joules / trueScale), enabledNs: ns, runningNs: ns)
      }
    }
    return keys
  }

  /// Adds a sensor of power; returns its path.
  @discardableResult
  func sensor(
    _ chip: String = "power_meter", hwmon: Int = 0, file: String = "power1_average", inDevice: Bool = false,
    watts: Double
  ) -> String {
    let folder = "/sys/class/hwmon/hwmon\(hwmon)" + (inDevice ? "/device" : "")
    write("\(folder)/name", chip)
    let text = "\(Int(watts * 1e6))"
    write("\(folder)/\(file)", text)
    answers["\(folder)/\(file)"] = { _ in .text("\(text)\n") }
    return "\(folder)/\(file)"
  }

  /// Adds a battery with files of these names and numbers; returns its folder.
  @discardableResult
  func battery(_ state: String, _ files: [String: Int]) -> String {
    let folder = "/sys/class/power_supply/BAT0"
    for (file, text) in files.mapValues(String.init).merging(
      ["status": state, "type": "Battery"], uniquingKeysWith: { $1 })
    {
      write("\(folder)/\(file)", text)
      answers["\(folder)/\(file)"] = { _ in .text("\(text)\n") }
    }
    return folder
  }

  /// From now on, this is answered in place of what was before.
  func replace(_ path: String, _ answer: @escaping (Double) -> Answer) { answers[path] = answer }

  /// The next `count` reads fail, and those after them do not.
  func fail(_ path: String, _ number: Int32, times count: Int = .max) {
    let before = answers[path]
    let left = Mutex(count)
    answers[path] = { seconds in
      let fails = left.withLock { left in
        defer { left -= left > 0 ? 1 : 0 }
        return left > 0
      }
      return fails ? .refused(number) : before?(seconds) ?? .refused(ENODEV)
    }
  }
}
