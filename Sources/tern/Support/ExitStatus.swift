import ArgumentParser
import Records

/// What the exit status says; the numbers are part of the interface, documented in `tern --help`.
enum ExitStatus {
  /// Some cells failed or gave wrong output; the record says which.
  static let cellsFailed = ExitCode(3)
  /// What was to be compared with is not there.
  static let baselineNotFound = ExitCode(5)
  /// A meter that `--require` names cannot be read.
  static let notPermitted = ExitCode(6)
  /// Ctrl-C: 128 + SIGINT.
  static let interrupted = ExitCode(130)

  /// Ends the command with the status that a finished record deserves.
  static func check(_ record: RunRecord) throws {
    if record.status == .interrupted { throw interrupted }
    if record.cells.contains(where: { $0.outcome.state == "failed" }) { throw cellsFailed }
  }
}
