import Machine
import Records
import Suites

/// Continues a record that was interrupted: the same suite, machine and build, the repetitions that are still missing.
public enum Resume {
  /// The record with its finished cells, ready for a `Runner` of the same plan.
  ///
  /// - Throws: `ResumeError` naming what differs.
  public static func prepare(_ record: RunRecord, plan: Plan, machine: MachineRecord, tool: ToolIdentity) throws
    -> RunRecord
  {
    guard record.status != .complete else {
      throw ResumeError("record \(record.id) is complete: nothing is left to run")
    }
    guard record.parts == nil else {
      throw ResumeError("record \(record.id) was merged: resume the shards that it was made of, and merge them again")
    }
    guard record.machine.name == machine.name else {
      throw ResumeError("record \(record.id) was made on \(record.machine.name); this is \(machine.name)")
    }
    guard record.tool.commit == tool.commit, record.tool.version == tool.version else {
      throw ResumeError(
        "record \(record.id) was made by \(record.tool.version) (\(record.tool.commit ?? "unknown commit")); "
          + "this is \(tool.version) (\(tool.commit ?? "unknown commit")): two builds do not belong in one record")
    }
    guard record.cells.map(\.id) == plan.cells.map(\.id) else {
      throw ResumeError("the suite in record \(record.id) expands to other cells on this build: run it anew")
    }
    var continued = record
    continued.status = .running
    continued.finishedAt = nil
    return continued
  }
}

/// A record that cannot be continued.
public struct ResumeError: Error, CustomStringConvertible, Sendable {
  /// What differs and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
