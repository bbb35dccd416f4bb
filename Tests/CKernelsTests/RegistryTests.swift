import CKernels
import Foundation
import Testing

/// The tables in C hold what the folders hold, and can be told apart.
@Suite struct RegistryTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/CKernels").standardizedFileURL
  /// Each folder beside the contract and what is shared holds one row per file.
  private static let rowFolders =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { !["include", "common"].contains($0) && !$0.hasSuffix(".c") }.sorted()

  private static func sources(in folder: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: folder), includingPropertiesForKeys: nil
    )
    .filter { $0.pathExtension == "c" }
  }

  @Test(arguments: rowFolders)
  func `Every file of a kernel folder registers exactly one row`(folder: String) throws {
    let sources = try Self.sources(in: folder)
    #expect(!sources.isEmpty)
    for source in sources {
      let lines = try String(contentsOf: source, encoding: .utf8).split(separator: "\n")
      let registrations = lines.filter { $0.hasPrefix("CK_REGISTER_") }
      #expect(registrations.count == 1, "\(source.lastPathComponent)")
    }
  }

  #if arch(x86_64)
    @Test func `Every file's row is in a table`() throws {
      let files = try Self.rowFolders.flatMap(Self.sources)
        .count { try !String(contentsOf: $0, encoding: .utf8).contains("#if defined(__aarch64__)") }
      let rows =
        Rows.packings.count + Rows.kernels.count + Rows.denseKernels.count + Rows.vectorOps.count + Rows.probes.count
      #expect(rows == files)
    }
  #endif

  @Test func `Ids are unique`() {
    for ids in [
      Rows.packings.map(\.id), Rows.kernels.map(\.id), Rows.denseKernels.map(\.id), Rows.vectorOps.map(\.id),
      Rows.probes.map(\.id),
    ] {
      #expect(Set(ids).count == ids.count)
    }
  }

  @Test func `Every name has a portable row that needs nothing and comes last`() {
    checkPortable(Rows.kernels) { $0.priority }
    checkPortable(Rows.denseKernels) { $0.priority }
    checkPortable(Rows.probes) { $0.priority }
    #expect(Rows.portableOps.needs == 0)
  }

  private func checkPortable<Value>(_ rows: [Row<Value>], priority: (Value) -> Int32) {
    for (name, family) in Dictionary(grouping: rows, by: { $0.id.prefix { $0 != "@" } }) {
      let (portable, others) = (
        family.filter { $0.id.hasSuffix("@portable") }, family.filter { !$0.id.hasSuffix("@portable") }
      )
      #expect(portable.map(\.needs) == [0], "\(name)")
      #expect(portable.map { priority($0.value) } == [0], "\(name)")
      #expect(others.allSatisfy { $0.needs != 0 && priority($0.value) > 0 }, "\(name)")
    }
  }

  @Test func `Every kernel's packing exists`() {
    let packings = Rows.packings.map(\.id)
    for kernel in Rows.kernels { #expect(packings.contains(String(cString: kernel.value.packing)), "\(kernel.id)") }
  }

  @Test func `Every needed instruction set has a name`() {
    let needed = Rows.kernels.map(\.needs) + Rows.denseKernels.map(\.needs) + Rows.vectorOps.map(\.needs)
    for bits in needed {
      for shift in 0..<64 where bits >> UInt64(shift) & 1 == 1 { #expect(ck_isa_name(1 << UInt64(shift)) != nil) }
    }
    #expect(ck_isa_name(0) == nil)
    #expect(ck_isa_name(1 << 63) == nil)
  }

  @Test(arguments: Rows.kernels)
  func `Prepared vectors are whole cache lines`(kernel: Row<ck_kernel>) {
    for columns in [1, 63, 64, 65, 2560] {
      for vectors in [1, 2, 5, 128] { #expect(kernel.value.prepared_bytes(columns, vectors) % 64 == 0) }
    }
  }

  @Test(arguments: Rows.probes)
  func `A probe's result depends on all of its work`(probe: Row<ck_probe>) throws {
    try probe.requireSupport()
    let bytes = 1024
    let memory = Memory(bytes: bytes)
    let buffer = memory.pointer(UInt8.self)
    switch probe.id.prefix(while: { $0 != "@" }) {
    case "read":
      let before = probe.value.run(buffer, bytes, bytes)
      for i in 0..<bytes {
        buffer[i] ^= 1
        #expect(probe.value.run(buffer, bytes, bytes) != before, "byte \(i)")
        buffer[i] ^= 1
      }
      #expect(probe.value.run(buffer, bytes, 3 * bytes) == 3 &* before)
    case "latency":
      probe.value.prepare(buffer, bytes)
      // Each line once: 0 + 64 + 128 + … + 960.
      #expect(probe.value.run(buffer, bytes, bytes / 64) == 7680)
    default:
      #expect(probe.value.run(nil, 0, 1 << 20) != probe.value.run(nil, 0, 1 << 10))
    }
  }
}
