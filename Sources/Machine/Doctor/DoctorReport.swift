import Records

/// What `tern doctor --json` prints: the machine, and how each check and each meter stands.
///
/// Every number's name ends in its unit.
public struct DoctorReport: Codable, Sendable, Equatable {
  /// The version of this layout that this build writes.
  public static let currentSchema = 1

  /// The version of this layout.
  public let schema: Int
  /// Whether this is the running machine; false where the files of another root were read.
  public let live: Bool
  /// The machine as a record holds it.
  public let machine: MachineRecord
  /// Every check and every meter, ordered by group.
  public let findings: [Finding]
}

extension Machine {
  /// Looks at everything once.
  ///
  /// - Parameter isa: the instruction sets that kernels can use here; left out of a machine that is not the running one.
  public func report(isa: [String]) -> DoctorReport {
    DoctorReport(
      schema: DoctorReport.currentSchema, live: isLive, machine: record(isa: isLive ? isa : []), findings: findings())
  }
}
