import Foundation
import Kernels
import Records

/// What this binary is: version, commit, compilers.
///
/// The commit and the compilers are in `tern-build.json` beside the binary, which the Makefile writes after linking. The
/// stamp names the binary's size and modification time, so that a stamp of another build is not believed; without a
/// stamp those fields are absent.
enum BuildIdentity {
  static let version = "0.1.0"

  static let tool: ToolIdentity = {
    let stamp = Stamp.ofThisBinary()
    return ToolIdentity(
      name: "tern", version: version, commit: stamp?.commit, dirty: stamp?.dirty, swift: stamp?.swift,
      clang: stamp?.clang, configuration: configuration)
  }()

  /// The instruction sets that kernels can use here, by the names of `tern list kernels`.
  static var isa: [String] { InstructionSets.detected.names }

  /// "tern 0.1.0 (1a2b3c4)" and what it was built with, as `--version` prints it.
  static let versionText: String = {
    let commit = tool.commit.map { " (\($0.prefix(7))\(tool.dirty == true ? ", modified" : ""))" } ?? ""
    let compilers = [tool.swift, tool.clang].compactMap { $0 }.map { "\n\($0)" }.joined()
    let sets = isa.isEmpty ? "none" : isa.joined(separator: " ")
    return "tern \(version)\(commit) \(configuration)\(compilers)\ninstruction sets: \(sets)"
  }()

  /// Tells this binary from every other build, for what is measured once and kept: its size and modification time.
  static let fingerprint: String = {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return version }
    return "\(version)-\(status.st_size)-\(status.st_mtim.tv_sec)"
  }()

  private static var configuration: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }
}

/// The Makefile's stamp.
private struct Stamp: Decodable {
  let commit: String?
  let dirty: Bool?
  let swift: String?
  let clang: String?
  let binaryBytes: Int
  let binaryModified: Int

  enum CodingKeys: String, CodingKey {
    case commit, dirty, swift, clang
    case binaryBytes = "binary_bytes"
    case binaryModified = "binary_modified"
  }

  /// The stamp, if there is one and it was made for this very file.
  static func ofThisBinary() -> Stamp? {
    guard
      let binary = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      let attributes = try? FileManager.default.attributesOfItem(atPath: binary),
      let data = FileManager.default.contents(
        atPath: (binary as NSString).deletingLastPathComponent + "/tern-build.json"),
      let stamp = try? JSONDecoder().decode(Stamp.self, from: data)
    else { return nil }
    let modified = (attributes[.modificationDate] as? Date).map { Int($0.timeIntervalSince1970) }
    guard stamp.binaryBytes == attributes[.size] as? Int, stamp.binaryModified == modified else { return nil }
    return stamp
  }
}
