import Records

/// Where the numbers come from: enough to make them again.
enum Provenance {
  static func lines(of record: RunRecord) -> [MachineCard.Line] {
    let tool = record.tool
    let commit = tool.commit.map { " (\($0)\(tool.dirty == true ? ", with uncommitted changes" : ""))" } ?? ""
    let compilers = [tool.swift, tool.clang].compactMap(\.self).joined(separator: "; ")
    let lines: [(String, String?)] = [
      ("Record", record.id), ("Measured with", record.command.joined(separator: " ")),
      ("Tool", "\(tool.name) \(tool.version)\(commit), \(tool.configuration) build"),
      ("Compilers", compilers.isEmpty ? nil : compilers),
      ("Suite", "\(record.suite.name), SHA-256 \(record.suite.sha256)"),
      ("Schedule", "\(record.schedule.order), seed \(record.schedule.seed)"),
      ("Machine", "\(record.machine.name), host \(record.machine.hostHash)"),
      ("Time", record.finishedAt.map { "\(record.startedAt) to \($0)" } ?? "\(record.startedAt), not finished"),
      ("Schema", String(record.schema)),
    ]
    return lines.compactMap { name, value in value.map { MachineCard.Line(name: name, value: $0) } }
  }

  /// One line for a figure that leaves its page: program, record, processor.
  static func line(of record: RunRecord) -> String {
    let tool = record.tool
    let commit = tool.commit.map { " (\($0)\(tool.dirty == true ? ", changed" : ""))" } ?? ""
    return "\(tool.name) \(tool.version)\(commit) · record \(record.id) · \(record.machine.cpu.model)"
  }
}
