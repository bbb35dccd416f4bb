import Foundation

/// A revision of the program that is built here, in a work tree of its own, and kept for the next gate.
public struct GateRevision: Sendable {
  /// As the user named it.
  public let name: String
  /// The whole hash of the commit.
  public let commit: String
  /// The top of the repository.
  let root: String

  /// Seven digits, as the history shows a commit.
  public var short: String { String(commit.prefix(7)) }
  /// What is kept of it: the binary, its stamp, the log of its build.
  var folder: String { "\(root)/.build/gate/\(commit)" }

  /// A build of the whole package from nothing takes minutes on two cores; an hour means that it hangs.
  private static let buildSeconds = 3600.0

  /// Looks a name up in the repository of the current folder.
  ///
  /// - Returns: nil where git knows no commit of that name, or there is no repository.
  public init?(_ name: String, processes: GateProcesses) throws {
    // A name that begins with a hyphen would be an option.
    guard !name.hasPrefix("-"),
      let root = try Self.git(["rev-parse", "--show-toplevel"], processes),
      let commit = try Self.git(["rev-parse", "--verify", "--quiet", "\(name)^{commit}"], processes)
    else { return nil }
    self.name = name
    self.root = root
    self.commit = commit
  }

  /// The text of a file of the repository at this commit; nil where it is not there.
  public func text(of path: String, processes: GateProcesses) throws -> String? {
    try Self.git(["-C", root, "show", "\(commit):\(path)"], processes, isTrimmed: false)
  }

  /// The binary of the commit, built if this was not done before.
  ///
  /// - Throws: `GateError` with the lines at which the build failed; `Interrupted`.
  public func build(processes: GateProcesses, told: (String) -> Void) throws -> String {
    let binary = "\(folder)/tern"
    if access(binary, X_OK) == 0 { return binary }
    told("building \(name) (\(short)); it is kept in \(folder)")
    let tree = "\(folder)/tree"
    try prepare(tree, processes)
    defer { _ = try? Self.git(["-C", root, "worktree", "remove", "--force", tree], processes) }
    try make(in: tree, processes)
    // Moved, because the stamp beside the binary holds its time.
    for (from, to) in [("tern-build.json", "tern-build.json"), ("tern", "tern")] {
      let source = URL(fileURLWithPath: "\(tree)/.build/release/\(from)").resolvingSymlinksInPath().path
      guard rename(source, "\(folder)/\(to)") == 0 || from != "tern" else {
        throw GateError("\(name) (\(short)) was built, and \(source) is not there: see \(folder)/build.log")
      }
    }
    return binary
  }

  // MARK: - Steps

  private func prepare(_ tree: String, _ processes: GateProcesses) throws {
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw GateError("the folder \(folder) cannot be made: builds of revisions are kept there")
    }
    // What a gate left behind that was killed.
    _ = try Self.git(["-C", root, "worktree", "remove", "--force", tree], processes)
    try? FileManager.default.removeItem(atPath: tree)
    _ = try Self.git(["-C", root, "worktree", "prune"], processes)
    let add = ["git", "-C", root, "worktree", "add", "--detach", "--force", tree, commit]
    try processes.inFolder { place in
      let (end, _, errors) = try processes.call(add, environment: ProcessInfo.processInfo.environment, in: place)
      guard end == .exited(0) else {
        throw GateError("\(name) (\(short)) cannot be checked out: \(GateProcesses.words(end, errors))")
      }
    }
  }

  private func make(in tree: String, _ processes: GateProcesses) throws {
    let command =
      FileManager.default.fileExists(atPath: "\(tree)/Makefile")
      ? ["make", "--no-print-directory", "-C", tree, "build"]
      : ["swift", "build", "--package-path", tree, "-c", "release", "--product", "tern"]
    try processes.inFolder { place in
      let (end, out, errors) = try processes.call(
        command, environment: ProcessInfo.processInfo.environment, in: place, timeoutSeconds: Self.buildSeconds)
      let log = out + errors
      try? Data(log.utf8).write(to: URL(fileURLWithPath: "\(folder)/build.log"))
      guard end == .exited(0) else {
        throw GateError(
          "\(name) (\(short)) does not build:\n\(Self.failingLines(of: log))\nThe whole log is \(folder)/build.log")
      }
    }
  }

  /// The lines that say what is wrong, each once; of a log without any, its end.
  static func failingLines(of log: String) -> String {
    // More scroll the first, which is the cause, out of sight.
    let most = 20
    var seen: Set<Substring> = []
    let lines = log.split(separator: "\n")
    let errors = lines.filter { $0.contains("error:") && seen.insert($0).inserted }
    return (errors.isEmpty ? lines.suffix(most) : errors.prefix(most)).joined(separator: "\n")
  }

  /// What git writes; nil where it fails.
  private static func git(_ arguments: [String], _ processes: GateProcesses, isTrimmed: Bool = true) throws -> String? {
    try processes.inFolder { place in
      let (end, out, _) = try processes.call(
        ["git"] + arguments, environment: ProcessInfo.processInfo.environment, in: place)
      guard end == .exited(0) else { return nil }
      return isTrimmed ? out.trimmingCharacters(in: .whitespacesAndNewlines) : out
    }
  }
}
