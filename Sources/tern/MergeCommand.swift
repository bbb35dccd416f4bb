import ArgumentParser
import Foundation
import Records

/// `tern merge`: the shards of a suite into one record.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put the records of a suite's shards together into one.",
    discussion: """
      Every cell keeps its samples as they were measured; nothing is averaged. Records must be of one suite, one build \
      and one machine, and no cell may be in two of them. Shards that are missing, unfinished or that ran at the same \
      time are named on stderr and in the record.

        tern run sweep --shard 1/2 -o parts; tern run sweep --shard 2/2 -o parts
        tern merge parts -o Results/

      Records of several machines become one record per machine in the folder of -o; tern report shows them side by side.
      """)

  @Argument(help: "Record files, or folders of records as run -o makes them.")
  var records: [String]

  @Option(
    name: [.customShort("o"), .long], help: "A file; a folder of records, or a name that ends in /; - is stdout.")
  var output: String

  @Option(
    name: .customLong("allow"), help: "Accept a warning by its id; W-builds accepts records of several builds.")
  var allowed: [String] = []

  @OptionGroup var options: OutputOptions

  func run() throws {
    let inputs = try paths().map { RecordMerge.Input(file: $0, record: try RecordFile.read($0)) }
    guard isFolder else { return try write(try merged(inputs), of: inputs, to: output) }
    // Machines stay apart: each has a record of its own, in the order in which they were named.
    var groups: [[RecordMerge.Input]] = []
    for input in inputs {
      let machine = input.record.machine.name
      if let index = groups.firstIndex(where: { $0[0].record.machine.name == machine }) {
        groups[index].append(input)
      } else {
        groups.append([input])
      }
    }
    // All are checked before the first is written.
    try Self.requireOneSuite(groups)
    let records = try groups.map(merged)
    let written = try zip(records, groups).map { record, inputs in
      let path = try ResultsFolder(path: folder).place(for: record)
      try write(record, of: inputs, to: path)
      return path
    }
    if written.count > 1 {
      Console.note(
        "\(written.count) machines, which stay apart; side by side: tern report \(written.joined(separator: " "))")
    }
  }

  // MARK: - Input

  private func paths() throws -> [String] {
    let paths = records.flatMap { path -> [String] in
      // Described beside its records, and caught by every *.json.
      if (path as NSString).lastPathComponent == "machine.json" { return [] }
      return Self.isDirectory(path) ? ResultsFolder(path: path).all() : [path]
    }
    if paths.isEmpty {
      throw CommandError(
        "no record under \(records.joined(separator: ", ")); make one with: tern run SUITE --shard 1/2")
    }
    return paths
  }

  private func merged(_ inputs: [RecordMerge.Input]) throws -> RunRecord {
    do { return try RecordMerge(inputs, allowed: Set(allowed)).merged() } catch let error as MergeError {
      let machines = Set(inputs.map(\.record.machine.name))
      let hint = machines.count > 1 ? " A folder behind -o takes one record per machine: -o Results/" : ""
      throw CommandError("\(error)\(hint)")
    }
  }

  /// Machines may differ in one sweep; the suite may not, or the shards of two sweeps lie in one folder.
  private static func requireOneSuite(_ groups: [[RecordMerge.Input]]) throws {
    let firsts = groups.compactMap(\.first)
    guard let first = firsts.first,
      let other = firsts.first(where: { $0.record.suite.sha256 != first.record.suite.sha256 })
    else { return }
    throw CommandError(
      "\(first.file) is of the suite \"\(first.record.suite.name)\" and \(other.file) of another text "
        + "(\"\(other.record.suite.name)\"): merge the records of one suite at a time")
  }

  // MARK: - Output

  private var isFolder: Bool { output.hasSuffix("/") || Self.isDirectory(output) }

  private var folder: String { output.count > 1 && output.hasSuffix("/") ? String(output.dropLast()) : output }

  private func write(_ record: RunRecord, of inputs: [RecordMerge.Input], to path: String) throws {
    let data = try RecordCodec.encode(record)
    // What is written can be read: a merge that went wrong must not pass for a record.
    _ = try RecordCodec.decode(data, file: path)
    if path == "-" {
      Console.data(data)
    } else {
      let read = inputs.map { URL(fileURLWithPath: $0.file).resolvingSymlinksInPath().path }
      if read.contains(URL(fileURLWithPath: path).resolvingSymlinksInPath().path) {
        throw CommandError("\(path) is one of the records that are merged: choose another name, so that it stays")
      }
      try OutputFile.write(data, to: path)
    }
    report(on: record, of: inputs, at: path)
  }

  private func report(on record: RunRecord, of inputs: [RecordMerge.Input], at path: String) {
    let style = options.color.stderr
    for cell in record.cells {
      if case .failed(let reason) = cell.outcome { Console.note("\(style.bad("failed"))  \(cell.id): \(reason)") }
    }
    // Those of the runs were said when they ran.
    let said = Set(allowed).union(inputs.flatMap { $0.record.warnings.map(\.id) }.filter { !$0.hasPrefix("W-shards") })
    for warning in record.warnings where !said.contains(warning.id) && warning.severity != .note {
      Console.note(style.warning("\(warning.id)  \(warning.message).\(warning.fix.map { " Fix: \($0)" } ?? "")"))
    }
    let parts = record.parts?.count ?? 1
    if !options.quiet {
      Console.note("\(parts) records, \(record.cells.count) cells on \(record.machine.name)")
      if path != "-" { Console.note("record  \(path)") }
    }
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
