import Glibc
import Records
import Synchronization
import Testing

@testable import Machine
@testable import Meters

/// A powercap tree behind real system calls: links, folders, permissions, and a counter that a kernel would count.
private final class FusePowercap: Sendable {
  /// What the counter of package 0 does from now on.
  enum State: Sendable {
    case counts
    case text(String)
    case refused(Int32)
    /// Refused this often, then right again.
    case refusedOnce(Int32)
  }

  static let watts = 50.0
  static let range: UInt64 = 262_143_328_850

  let state = Mutex(State.counts)
  let openRefusal = Mutex<Int32>(0)
  private let startNs = WallClock.nowNs()
  private let start: UInt64

  init(start: UInt64 = 1_000_000) { self.start = start }

  /// Two packages of 50 W with memory of 5 W, a platform of 110 W, and the first package once more by MMIO.
  func server(links: Bool = true, lost: Bool = false) -> FuseServer? {
    let zones = [
      ("intel-rapl:0", "package-0", 50.0), ("intel-rapl:0:0", "dram", 5), ("intel-rapl:1", "package-1", 50),
      ("intel-rapl:1:0", "dram", 5), ("intel-rapl:a", "psys", 110), ("intel-rapl-mmio:0", "package-0", 50),
    ]
    var nodes: [String: FuseServer.Node] = [:]
    nodes["/proc/cpuinfo"] = text(
      (0..<2).map { "processor\t: \($0)\nphysical id\t: \($0)\nflags\t\t: fpu\n" }.joined(separator: "\n"))
    for (id, name, watts) in zones {
      let parts = id.split(separator: ":")
      let above = parts.count == 3 ? "\(parts[0])/\(parts[0]):\(parts[1])" : "\(parts[0])"
      let folder = "/sys/devices/virtual/powercap/\(above)/\(id)"
      nodes["/sys/class/powercap/\(id)"] = .link("../../devices/virtual/powercap/\(above)/\(id)")
      if lost { continue }
      nodes["\(folder)/name"] = text(name)
      nodes["\(folder)/max_energy_range_uj"] = text("\(Self.range)")
      nodes["\(folder)/subsystem"] = .link("../../../../../class/powercap")
      nodes["\(folder)/energy_uj"] = id == "intel-rapl:0" ? first : counter(watts)
    }
    return FuseServer(nodes)
  }

  private func text(_ text: String) -> FuseServer.Node { .file(open: { 0 }, read: { .success(text + "\n") }) }

  private func counter(_ watts: Double) -> FuseServer.Node {
    .file(open: { 0 }, read: { [self] in .success(count(watts)) })
  }

  private func count(_ watts: Double) -> String {
    let milliseconds = (WallClock.nowNs() - startNs) / 1_000_000
    return "\((start + UInt64(Double(milliseconds) * watts * 1000)) % (Self.range + 1))\n"
  }

  private var first: FuseServer.Node {
    .file(
      open: { [self] in openRefusal.withLock { $0 } },
      read: { [self] in
        state.withLock { state in
          switch state {
          case .counts: return .success(count(Self.watts))
          case .text(let text): return .success(text)
          case .refused(let number): return .failure(.init(number: number))
          case .refusedOnce(let number):
            state = .counts
            return .failure(.init(number: number))
          }
        }
      })
  }
}

@Suite(
  "Energy: through a real file system",
  .enabled(if: FuseServer.canMount, "/dev/fuse cannot be opened or mounted: run as root"), .serialized)
struct EnergyFuseTests {
  private static let package = "energy_package_j"

  /// Runs a window as long as the measured update interval asks for, and does something in its middle.
  private func window(
    _ powercap: FusePowercap, _ server: FuseServer, before: FusePowercap.State = .counts,
    middle: FusePowercap.State? = nil, atEnd: FusePowercap.State? = nil
  ) throws -> MeterReadings {
    let meter = Energy(inventory: Machine(root: server.path).energyInventory(), calls: .live, polls: true)
    try #require(meter.availability() == .available)
    var record = MeterRecord(id: "energy", source: "", available: true)
    meter.describe(in: &record)
    // A machine under load reads seldom and sees long intervals; its windows must be longer.
    let halfNs = max(65_000_000, 60 * (record.updateIntervalNs ?? 0))
    let window = try meter.open(pass: 0)
    powercap.state.withLock { $0 = before }
    try window.begin()
    usleep(UInt32(halfNs / 1000))
    if let middle { powercap.state.withLock { $0 = middle } }
    usleep(UInt32(halfNs / 1000))
    if let atEnd { powercap.state.withLock { $0 = atEnd } }
    window.end()
    powercap.state.withLock { $0 = .counts }
    return window.readings()
  }

  /// The reading lies as near to the truth as it says itself: where a busy machine keeps a reading waiting, it says more.
  ///
  /// Its parts are bounded errors; of two of equal size, what they cannot exceed is 1.9 times the 95 % interval.
  private func holds(_ watts: Double, _ metric: String, _ readings: MeterReadings) throws {
    let power = try #require(readings.values.first { $0.metric == metric }, "\(readings.problems)")
    let halfWidth = try #require(power.halfWidth)
    #expect(halfWidth > 0 && halfWidth < watts, "\(metric) ± \(halfWidth)")
    #expect(abs(power.value - watts) <= 2 * halfWidth, "\(metric) \(power.value) ± \(halfWidth)")
  }

  @Test("Links, loops, hexadecimal ids, memory, platform and the twin: right watts")
  func right() throws {
    let powercap = FusePowercap()
    let server = try #require(powercap.server())
    let inventory = Machine(root: server.path).energyInventory()
    #expect(
      inventory.report(of: .powercap).zones.map(\.id) == [
        "intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1", "intel-rapl:1:0", "intel-rapl:a",
      ])
    let readings = try window(powercap, server)
    #expect(readings.problems.isEmpty)
    for (metric, watts) in [("power_package_w", 100.0), ("power_dram_w", 10), ("power_psys_w", 110)] {
      try holds(watts, metric, readings)
    }
    #expect(readings.values.contains { $0.metric == "energy_cpu_mem_j" })
  }

  @Test("A counter that goes round in the window")
  func wrap() throws {
    let powercap = FusePowercap(start: FusePowercap.range - 4_000_000)
    let server = try #require(powercap.server())
    // Looking up and watching take their own time: windows until one has the wrap in it, or it has been passed.
    for _ in 0..<3 {
      let readings = try window(powercap, server)
      try holds(100, "power_package_w", readings)
    }
  }

  @Test(
    "What a driver or a kernel refuses while the window is open leaves no number", arguments: [EINVAL, EIO, ENODEV])
  func refused(number: Int32) throws {
    let powercap = FusePowercap()
    let server = try #require(powercap.server())
    let cases = [
      try window(powercap, server, before: .refused(number)), try window(powercap, server, middle: .refused(number)),
      try window(powercap, server, atEnd: .refused(number)),
    ]
    for readings in cases {
      #expect(!readings.values.contains { $0.metric == Self.package || $0.metric == "energy_cpu_mem_j" })
      #expect(readings.problems.contains { $0.what == "intel-rapl:0" && $0.reason.contains("errno \(number)") })
      // The other package is still told by itself.
      #expect(readings.zones.contains { $0.zone == "intel-rapl:1" && $0.energyJ > 0 })
    }
    let once = try window(powercap, server, atEnd: .refusedOnce(number))
    #expect(once.values.contains { $0.metric == Self.package })
  }

  @Test(
    "What is no number leaves no number", arguments: ["", "unknown\n", "-1\n", "123 456\n", "99999999999999999999\n"])
  func text(text: String) throws {
    let powercap = FusePowercap()
    let server = try #require(powercap.server())
    let readings = try window(powercap, server, atEnd: .text(text))
    #expect(!readings.values.contains { $0.metric == Self.package })
    #expect(readings.problems.contains { $0.what == "intel-rapl:0" })
  }

  @Test("A counter that is reset")
  func reset() throws {
    let powercap = FusePowercap(start: 200_000_000_000)
    let server = try #require(powercap.server())
    let readings = try window(powercap, server, atEnd: .text("5\n"))
    #expect(!readings.values.contains { $0.metric == Self.package })
    #expect(readings.problems.contains { $0.reason.contains("it was reset") })
  }

  @Test("Opening is refused: permission, and which")
  func permission() throws {
    let powercap = FusePowercap()
    powercap.openRefusal.withLock { $0 = EACCES }
    let server = try #require(powercap.server())
    let zone = try #require(Machine(root: server.path).energyInventory().report(of: .powercap).zones.first)
    #expect(zone.obstacle?.cause == .permission)
  }

  @Test("Links that lead nowhere: hidden by a container")
  func masked() throws {
    let server = try #require(FusePowercap().server(lost: true))
    let report = Machine(root: server.path).energyInventory().report(of: .powercap)
    #expect(report.zones.allSatisfy { $0.obstacle?.cause == .masked } && !report.zones.isEmpty)
  }
}
