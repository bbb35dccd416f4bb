import Foundation
import Records

/// Finds records by what a user calls them: a path, `latest`, a baseline's name, a git revision.
struct RecordFinder {
  let results: ResultsFolder

  /// A record and where it lies.
  struct Found {
    let path: String
    let record: RunRecord
  }

  /// Nothing bears that name.
  struct NotFound: Error, CustomStringConvertible {
    let description: String
  }

  /// The newest record of that name.
  func one(_ name: String) throws -> Found {
    guard let path = try candidates(name).first else { throw notFound(name) }
    return Found(path: path, record: try RecordFile.read(path))
  }

  /// The base's record and the head's.
  ///
  /// A revision may have several records, and `latest` is the newest of all: where the names leave a choice, the newest
  /// two of one suite and machine are taken.
  func pair(_ base: String, _ head: String) throws -> (base: Found, head: Found) {
    let (bases, heads) = (try found(base), try found(head))
    for head in heads {
      if let base = bases.first(where: { Self.belongTogether($0.record, head.record) && $0.path != head.path }) {
        return (base, head)
      }
    }
    // None belong together: the newest are compared, and what is wrong with them is said.
    return (bases[0], heads[0])
  }

  private static func belongTogether(_ base: RunRecord, _ head: RunRecord) -> Bool {
    base.suite.sha256 == head.suite.sha256 && base.machine.hostHash == head.machine.hostHash
  }

  /// Every record of that name, at least one, the newest first.
  private func found(_ name: String) throws -> [Found] {
    let found = try candidates(name).map { Found(path: $0, record: try RecordFile.read($0)) }
    guard !found.isEmpty else { throw notFound(name) }
    return found
  }

  private func candidates(_ name: String) throws -> [String] {
    if name == "latest" { return [try results.latest()] }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue { return [name] }
    if let baseline = results.baseline(name), FileManager.default.fileExists(atPath: baseline) { return [baseline] }
    guard let commit = Self.commit(name) else { return [] }
    // The name of a record ends with seven digits of its commit: the others need not be read.
    let short = commit.prefix(7)
    let named = results.all().filter { ($0 as NSString).lastPathComponent.contains("-\(short)") }
    let ofCommit = named.filter { path in
      // One that cannot be read is none of this commit's as far as can be told.
      (try? RecordFile.read(path))?.tool.commit.map { $0.hasPrefix(commit) || commit.hasPrefix($0) } ?? false
    }
    return ofCommit.sorted { ($0 as NSString).lastPathComponent > ($1 as NSString).lastPathComponent }
  }

  private func notFound(_ name: String) -> NotFound {
    let commit = Self.commit(name).map { ", no record of commit \($0.prefix(7)) under \(results.path)" } ?? ""
    let baselines = results.baselines()
    let near = NearestName.suggestion(for: name, in: baselines)
    return NotFound(
      description: "\(name): no such file, no baseline of that name\(baselines.isEmpty ? "" : near)\(commit). "
        + "Measure it with tern run, or keep a record with: tern compare --save-baseline NAME RECORD")
  }

  /// The commit that a revision names: by git where there is one, else digits as they stand.
  private static func commit(_ revision: String) -> String? {
    // What begins with a hyphen would be an option of git's.
    guard !revision.isEmpty, !revision.hasPrefix("-") else { return nil }
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "rev-parse", "--verify", "--quiet", "\(revision)^{commit}"]
    let pipe = Pipe()
    git.standardOutput = pipe
    git.standardError = FileHandle.nullDevice
    if (try? git.run()) != nil {
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      git.waitUntilExit()
      let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
      if git.terminationStatus == 0, !commit.isEmpty { return commit }
    }
    // Records may be of a history that this folder does not have.
    return revision.count >= 7 && revision.allSatisfy(\.isHexDigit) ? revision.lowercased() : nil
  }

  /// Keeps a record as a baseline, replacing the one that had the name; gives its path.
  func save(_ found: Found, asBaseline name: String) throws -> String {
    guard let path = results.baseline(name) else {
      throw CommandError("\"\(name)\" cannot name a baseline: letters, digits, dots, hyphens and underscores can")
    }
    try OutputFile.write(try RecordCodec.encode(found.record), to: path)
    return path
  }
}

extension ResultsFolder {
  /// Where baselines lie: beside the machines' folders, and not one of them.
  static let baselines = "baselines"

  /// The path of a baseline; nil for a name that would lead elsewhere.
  func baseline(_ name: String) -> String? {
    let isPlain = name.utf8.allSatisfy {
      $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20
    }
    guard isPlain, !name.isEmpty, !name.hasPrefix("."), !name.hasPrefix("-") else { return nil }
    return "\(path)/\(Self.baselines)/\(name).json"
  }

  /// The names of the baselines that there are.
  func baselines() -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(Self.baselines)")) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }
}
