import Foundation
import Glibc
import Records
import Testing

@testable import Machine

@Suite("Malformed files")
struct FuzzTests {
  /// Texts that real kernels never write and broken sandboxes do.
  static let hostile = [
    "", "\0\0\0\0", "nan", "-1", "99999999999999999999999999", "9223372036854775807", "-9223372036854775808", "0-8191",
    "0-999999999", "max max", "[", "]", "[]", "a[b", ":::::", "cpu", "cpu0", "processor : 99999999999",
    "node : \u{FEFF}",
    "0::/../..", "- - - -", "1 2 3 4 5 6 - cgroup2", "some avg10=nan",
    "cpu0 9007199254740992 9007199254740992 1 1 1 1 1 1",
    "some avg10=101 total=-4", "Cpus_allowed_list: 9-3", "[performance", "{\"schema\": 1, \"entries\": [{}]}",
    "Node 0 MemTotal: 99999999999999999999 kB", "MemTotal: 9007199254740992 kB\nMemAvailable: -5 kB", "7 ())))",
  ]

  @Test("Every file in turn replaced by every hostile text: nothing crashes and nothing impossible is said")
  func hostileTexts() {
    let root = FakeRoot.containerV2().write("/sys/tern-tune.json", "{}")
    root.write("/proc/self/task/7/stat", "7 (t) R" + String(repeating: " 0", count: 40))
    let files = root.files
    #expect(files.count > 80)
    for (index, file) in files.enumerated() {
      let original = SystemFiles(root: root.path).text(file) ?? ""
      exercise(root.write(file, Self.hostile[index * 7 % Self.hostile.count]))
      root.write(file, original)
    }
    for text in Self.hostile {
      for file in files { root.write(file, text) }
      exercise(root)
    }
  }

  @Test("Random bytes in random files: nothing crashes and nothing impossible is said")
  func randomBytes() {
    var random = SplitMix(state: 0x7e57)
    for make in [FakeRoot.intelLaptop, FakeRoot.containerV1, FakeRoot.armBoard, FakeRoot.bareGuest] {
      let root = make()
      let files = root.files
      for _ in 0..<40 {
        let file = files[Int.random(in: 0..<files.count, using: &random)]
        let original = Array((SystemFiles(root: root.path).text(file) ?? "").utf8)
        root.write(file, bytes: mutated(original, using: &random))
        exercise(root)
      }
    }
  }

  @Test("A folder, a dangling link and a FIFO in a file's place are files that cannot be read")
  func notFiles() throws {
    let root = FakeRoot.amdServer()
    root.remove("/proc/meminfo").write("/proc/meminfo/inside", "x")
    root.remove("/proc/stat").link("/proc/stat", to: "/nowhere")
    root.remove("/proc/loadavg")
    #expect(mkfifo(root.path + "/proc/loadavg", 0o600) == 0)
    exercise(root)
    #expect(root.machine().memoryAvailableBytes() == nil)
    #expect(root.machine().loadAverage1m() == nil)
  }

  @Test("A file without end is cut")
  func endless() {
    let root = FakeRoot.amdServer().remove("/proc/cpuinfo").link("/proc/cpuinfo", to: "/dev/zero")
    exercise(root)
  }

  /// Asks for everything, and checks what must hold whatever the files say.
  private func exercise(_ root: FakeRoot) {
    let machine = root.machine()
    let record = machine.record(isa: [])
    #expect(record.cpu.cpusUsable >= 1 && record.cpu.coresPhysical >= 1 && record.cpu.sockets >= 1)
    #expect(machine.cpusForPinning().sorted() == machine.cpusUsable)
    #expect(record.memoryAvailableBytes.map { $0 >= 0 } != false)
    #expect(record.loadAverage1m.map(\.isFinite) != false)
    #expect(!record.name.contains("/") && !record.name.contains("."))
    #expect(machine.findings().allSatisfy { !$0.detail.contains("nan %") && !$0.detail.contains("inf %") })
    let change = EnvironmentWatch(machine: machine, cpus: [0], threads: [7], since: machine.settings()).stop()
    #expect(change.stealFraction.map { (0...1).contains($0) } != false)
    #expect((change.memoryStallFraction.map { (0...1).contains($0) }) != false)
    let warnings = machine.warnings() + change.warnings + machine.warnings(pinningTo: [0, 3, 9])
    #expect(warnings.allSatisfy { !$0.message.contains("nan %") && !$0.message.contains("inf %") })
    #expect(machine.settings().changes(to: machine.settings()) == [])
    #expect(machine.tuneSettings().allSatisfy { !$0.summary.isEmpty })
    _ = TuneJournal.pending(machine)
    _ = try? machine.cpus(inList: "0-3")
    // No NaN may reach a file: the encoder refuses one.
    #expect((try? JSONEncoder().encode(machine.report(isa: []))) != nil)
    _ = machine.packageEnergy()
  }

  private func mutated(_ original: [UInt8], using random: inout SplitMix) -> [UInt8] {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return (0..<Int.random(in: 0..<400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    case 1: return Array(original.prefix(Int.random(in: 0...original.count, using: &random)))
    case 2: return original + original + original
    default:
      var bytes = original
      for _ in 0..<4 where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      return bytes
    }
  }
}

/// SplitMix64: the same bytes on every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
