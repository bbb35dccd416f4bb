/// Whether the output of a cell was the right one.
public struct CheckRecord: Codable, Sendable, Equatable {
  /// SHA-256 over the generated ids, little-endian Int32, as the suite states it.
  public var expected: String?
  /// What the run gave.
  public var got: String
  /// Whether they agree; absent where the suite states nothing.
  public var passed: Bool?

  /// Makes a check.
  public init(expected: String?, got: String) {
    self.expected = expected
    self.got = got
    self.passed = expected.map { $0 == got }
  }
}
