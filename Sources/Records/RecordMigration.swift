import Foundation

/// Brings records of older schemas up to the current one, one named step at a time.
///
/// A step never invents a value: what the older schema did not hold stays absent.
enum RecordMigration {
  /// One schema to the next.
  struct Step: Sendable {
    /// The schema that the step reads; it writes `from + 1`.
    var from: Int
    /// What changed, for the release notes and for errors.
    var name: String
    /// Changes the root object; the key `schema` is set by the caller.
    var apply: @Sendable (inout [String: JSONValue]) throws -> Void
  }

  /// Every step ever needed, oldest first.
  ///
  static let steps = [
    // Keys were added and none was changed: what schema 1 did not measure stays absent.
    Step(from: 1, name: "energy, hardware counters, idle power, and the uncertainty of single values") { _ in }
  ]

  /// Applies the steps that lead from one schema to another.
  ///
  /// Throws `MissingStep` where one is not in the table.
  static func migrate(_ data: Data, from: Int, to: Int, by steps: [Step]) throws -> Data {
    var root = try JSONDecoder().decode([String: JSONValue].self, from: data)
    for schema in from..<to {
      guard let step = steps.first(where: { $0.from == schema }) else { throw MissingStep(from: schema) }
      try step.apply(&root)
      root["schema"] = .int(schema + 1)
    }
    return try JSONEncoder().encode(root)
  }

  /// The table has a hole: a mistake of the program, not of the file.
  struct MissingStep: Error, Equatable, CustomStringConvertible {
    var from: Int
    var description: String { "no migration step reads schema \(from)" }
  }
}
