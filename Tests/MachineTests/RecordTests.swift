import Foundation
import Records
import Testing

@testable import Machine

@Suite("Machine record")
struct RecordTests {
  @Test("A laptop's record holds what its files say")
  func laptop() {
    let record = FakeRoot.intelLaptop().machine().record(isa: ["avx2"])
    #expect(record.name.hasPrefix("11th-gen-intel-core-i7-1165g7-"))
    #expect(record.os == "Debian GNU/Linux 13 (trixie)")
    #expect(record.kernelRelease == "6.12.9-amd64")
    #expect(record.virtualization == nil)
    #expect(record.cpu.vendor == "GenuineIntel")
    #expect((record.cpu.family, record.cpu.modelNumber, record.cpu.stepping) == (6, 140, 1))
    #expect(record.cpu.microcode == "0xa0011d1")
    #expect(record.cpu.isa == ["avx2"])
    #expect(record.caches.map(\.sizeBytes) == [48 << 10, 12 << 20])
    #expect(record.caches.map(\.sharedByCpus) == [2, 8])
    #expect(record.caches.map(\.type) == ["data", "unified"])
    #expect(record.memoryTotalBytes == 16_000_000 * 1024)
    #expect(record.memoryAvailableBytes == 12_000_000 * 1024)
    #expect(record.frequency?.governor == "powersave")
    #expect(record.frequency?.turbo == true)
    #expect(record.frequency?.maxKhz == 4_800_000)
    #expect(record.settings["transparent_hugepage"] == "madvise")
    #expect(record.settings["swappiness"] == "60")
    #expect(record.loadAverage1m == 0.1)
  }

  @Test("A server's nodes have CPUs, memory and distances")
  func server() {
    let nodes = FakeRoot.amdServer().machine().record(isa: []).numaNodes
    #expect(nodes.map(\.cpus) == [[0, 1, 2, 3], [4, 5, 6, 7]])
    #expect(nodes.map(\.distances) == [[10, 32], [32, 10]])
    #expect(nodes.map(\.memoryTotalBytes) == [128 << 30, 128 << 30])
  }

  @Test("An ARM core is named by its part number, and an unknown part by its digits")
  func arm() {
    let root = FakeRoot.armBoard()
    #expect(root.machine().record(isa: []).cpu.model == "Cortex-A55")
    #expect(root.machine().record(isa: []).cpu.vendor == "ARM")
    root.write("/proc/cpuinfo", "processor : 0\nCPU implementer : 0x41\nCPU part : 0xfff\nCPU revision : 3")
    #expect(root.machine().processor.model == "ARM part 0xfff")
    #expect(root.machine().processor.stepping == 3)
  }

  @Test("What cannot be read is absent from the JSON, not null, 0 or empty text")
  func nothing() throws {
    let record = FakeRoot().machine().record(isa: [])
    let json = try #require(String(data: JSONEncoder().encode(record), encoding: .utf8))
    for key in ["os", "kernel_release", "virtualization", "memory_total_bytes", "frequency", "load_average_1m"] {
      #expect(!json.contains("\"\(key)\""))
    }
    #expect(record.cpu.model == "unknown")
  }

  @Test("The host's name is in the record only as a hash, and another host has another name")
  func hostHash() throws {
    let root = FakeRoot.amdServer()
    let first = root.machine().record(isa: [])
    #expect(first.hostHash.count == 16)
    #expect(first.name == "amd-epyc-7763-\(first.hostHash.prefix(4))")
    let second = root.write("/proc/sys/kernel/hostname", "another").machine().record(isa: [])
    #expect(second.hostHash != first.hostHash)
    let json = try #require(String(data: JSONEncoder().encode(second), encoding: .utf8))
    #expect(!json.contains("another"))
  }

  // The published test vectors of FNV-1a 64 (draft-eastlake-fnv, appendix).
  @Test(
    "The hash is FNV-1a",
    arguments: [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")])
  func fnv(text: String, digits: String) { #expect(FNV1a.hexadecimal(of: text) == digits) }

  @Test(
    "A processor's name becomes a directory name",
    arguments: [
      ("AMD EPYC", "amd-epyc"), ("AMD EPYC 7763 64-Core Processor", "amd-epyc-7763"),
      ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", "intel-xeon-platinum-8375c"),
      ("AMD Ryzen 7 5800H with Radeon Graphics", "amd-ryzen-7-5800h"), ("Neoverse-N1", "neoverse-n1"),
      ("", "machine"), ("../../etc", "etc"), ("名前", "machine"), ("64-Core", "machine"),
    ])
  func slug(name: String, slug: String) { #expect(Slug.make(from: name) == slug) }

  @Test("This machine's record can be encoded and names its architecture")
  func real() throws {
    let record = Machine().record(isa: [])
    #expect(try !JSONEncoder().encode(record).isEmpty)
    #expect(record.cpu.cpusUsable >= record.cpu.coresPhysical)
    #expect(["x86_64", "aarch64"].contains(record.architecture))
  }
}
