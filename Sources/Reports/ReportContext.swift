import Records

/// What stands beside the records of a report: numbers that others have published, and the roofs of their machines.
public struct ReportContext: Sendable {
  /// Drawn hatched beside measured numbers.
  public var published: PublishedResults
  /// Records of `tern probe`; a figure takes the newest that was made on its own record's machine.
  public var probes: [RunRecord]

  /// Makes a context.
  public init(published: PublishedResults = .none, probes: [RunRecord] = []) {
    self.published = published
    self.probes = probes
  }

  /// Nothing beside the records.
  public static let none = ReportContext()
}
