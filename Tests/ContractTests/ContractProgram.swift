import Foundation

/// The program of Tests/Contract, which holds every row of the C registries to what CKernels.h promises.
enum ContractProgram {
  /// What a run of it gave: its exit status, and everything that it or its build printed.
  struct Result {
    let status: Int32
    let output: String
  }

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let kernels = root.appendingPathComponent("Sources/CKernels")

  /// Builds a variant and runs it with `filter` as its argument, or, for the target "program", only builds.
  static func make(_ target: String, filter: String = "", kernels: URL = kernels, out: URL? = nil) throws -> Result {
    let folder = root.appendingPathComponent("Tests/Contract")
    let out = out ?? root.appendingPathComponent(".build/contract")
    // Two jobs: other tests want their share of a small machine.
    return try run(
      URL(fileURLWithPath: "/usr/bin/env"),
      [
        "make", "--no-print-directory", "-C", folder.path, "-j2", target, "KERNELS=\(kernels.path)",
        "OUT=\(out.path)", "FILTER=\(filter)",
      ])
  }

  /// Runs a program to its end; output goes through a file, so that no pipe can fill up and stall it.
  static func run(_ program: URL, _ arguments: [String]) throws -> Result {
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("tern-contract-\(UUID().uuidString)")
    try Data().write(to: log)
    defer { try? FileManager.default.removeItem(at: log) }
    let handle = try FileHandle(forWritingTo: log)
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try handle.close()
    return Result(status: process.terminationStatus, output: try String(contentsOf: log, encoding: .utf8))
  }
}
