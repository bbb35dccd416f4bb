import Foundation

/// The built `tern`, run as a user runs it.
enum Binary {
  /// What a run of it gave.
  struct Result {
    let status: Int32
    let out: String
    let err: String

    /// stdout as JSON.
    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(out.utf8)) }
  }

  /// The executable beside the test bundle: the one that this build made.
  static let path: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (bundle as NSString).deletingLastPathComponent + "/tern"
  }()

  /// The repository, where a reader of the README stands.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Runs the binary in `folder` and waits for its end.
  static func run(_ arguments: String..., in folder: URL = root, environment: [String: String] = [:]) throws -> Result {
    try run(arguments, in: folder, environment: environment)
  }

  /// Runs the binary; output goes through files, so that no pipe can fill up and stall it.
  static func run(_ arguments: [String], in folder: URL, environment: [String: String]) throws -> Result {
    let scratch = try Scratch()
    let process = try start(arguments, in: folder, environment: environment, scratch: scratch)
    process.waitUntilExit()
    return Result(status: process.terminationStatus, out: scratch.text("out"), err: scratch.text("err"))
  }

  /// Runs a script of sh in an empty folder, with the binary's path in TERN: for what `Process` cannot set up.
  static func shell(_ script: String) throws -> Result {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = scratch.url
    process.environment = ProcessInfo.processInfo.environment.merging(["TERN": path]) { $1 }
    process.standardOutput = try scratch.handle("out")
    process.standardError = try scratch.handle("err")
    try process.run()
    process.waitUntilExit()
    return Result(status: process.terminationStatus, out: scratch.text("out"), err: scratch.text("err"))
  }

  /// Starts the binary without waiting.
  static func start(_ arguments: [String], in folder: URL, environment: [String: String], scratch: Scratch) throws
    -> Process
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    variables["TERN_KERNEL"] = nil
    process.environment = variables.merging(environment) { $1 }
    process.standardOutput = try scratch.handle("out")
    process.standardError = try scratch.handle("err")
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }
}

/// A folder that is gone when the test is over.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("tern-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func handle(_ name: String) throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: path(name)))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
  }

  func text(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  func files(under folder: String) -> [String] {
    (FileManager.default.enumerator(atPath: path(folder))?.allObjects as? [String] ?? []).sorted()
  }
}
