import Foundation
import Harness
import ModelFiles
import Records

/// A side of a gate, ready to be run.
struct ResolvedSide {
  let binary: GateBinary
  /// The revision that it was built from; nil for a binary.
  let revision: GateRevision?
  var record: GateSide

  /// Finds a side by what the user calls it, and builds it where need be.
  ///
  /// - Parameter check: looks at a revision before minutes are spent on its build.
  /// - Throws: `GateError` with what to do; `Interrupted`; what `check` throws.
  static func resolve(
    _ name: String, role: String, processes: GateProcesses, check: (GateRevision, _ role: String) throws -> Void
  ) throws -> ResolvedSide {
    if name == "worktree" { return try side(ownPath, name, role, nil, processes) }
    if name.contains("/"), FileManager.default.fileExists(atPath: name) {
      return try side(name, name, role, nil, processes)
    }
    guard let revision = try GateRevision(name, processes: processes) else {
      let hint =
        FileManager.default.fileExists(atPath: name)
        ? "; for the file of that name write ./\(name)" : "; git branch and git tag list revisions"
      throw GateError(
        "\(role) \(name): neither a binary nor a git revision of this folder\(hint)",
        kind: role == "base" ? .baselineNotFound : .other)
    }
    try check(revision, role)
    let own = BuildIdentity.tool
    if own.commit == revision.commit, own.dirty == false { return try side(ownPath, name, role, revision, processes) }
    let path = try revision.build(processes: processes) { Console.note($0) }
    return try side(path, name, role, revision, processes)
  }

  /// This program's file.
  private static var ownPath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

  private static func side(
    _ path: String, _ name: String, _ role: String, _ revision: GateRevision?, _ processes: GateProcesses
  ) throws -> ResolvedSide {
    guard let version = try processes.version(of: path) else {
      throw GateError("\(role) \(path) is not tern: it does not answer --version as tern does")
    }
    let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    let digest = data.map { data in data.withUnsafeBytes { SHA256.hex(of: $0) } }
    let number = version.split(separator: " ").dropFirst().first.map(String.init)
    let own = path == ownPath ? BuildIdentity.tool : nil
    return ResolvedSide(
      binary: GateBinary(role: role, path: path), revision: revision,
      record: GateSide(
        name: name, commit: revision?.commit ?? own?.commit, dirty: own?.dirty, binarySha256: digest, version: number))
  }

  /// Takes what the side's own record says of its build.
  mutating func learn(_ tool: ToolIdentity) {
    record.commit = record.commit ?? tool.commit
    record.dirty = record.dirty ?? tool.dirty
    record.version = tool.version
  }
}

/// The suite that both sides run.
enum GateSuite {
  /// Refuses a suite that is named, and not the same in a revision: its cells would differ, or mean something else.
  static func requireEqual(
    _ name: String, text: String, in revision: GateRevision, role: String, processes: GateProcesses
  ) throws {
    guard !name.contains("/"), !name.hasSuffix(".toml") else { return }
    let path = "Suites/\(name).toml"
    let theirs = try revision.text(of: path, processes: processes)
    guard theirs != text else { return }
    throw GateError(
      "the suite \(name) is \(theirs == nil ? "not there" : "another one") in \(role) \(revision.name) "
        + "(\(revision.short)); to use the file that is here for both, write \(path)")
  }
}
