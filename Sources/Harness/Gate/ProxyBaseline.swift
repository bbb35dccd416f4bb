import Foundation
import Records

/// Counts of one build that later builds are held against: small, and committed.
///
/// Counts of an emulated CPU hold on every machine of the architecture; another C library or compiler moves them by
/// tenths of a percent, which the margin has to leave room for.
public struct ProxyBaseline: Codable, Sendable, Equatable {
  /// The version of this format.
  public static let currentSchema = 1
  /// What tells it from a record.
  public static let kind = "proxies"

  /// The version of the file.
  public var schema: Int
  /// "proxies".
  public var kind: String
  /// When it was counted, ISO-8601 UTC.
  public var createdAt: String
  /// The program that was counted.
  public var tool: ToolIdentity
  /// "x86_64" or "aarch64": another's counts are others.
  public var architecture: String
  /// The emulator and its version.
  public var emulator: String
  /// The suite's name.
  public var suite: String
  /// Cell id to metric to value.
  public var cells: [String: [String: Double]]

  enum CodingKeys: String, CodingKey {
    case schema, kind, tool, architecture, emulator, suite, cells
    case createdAt = "created_at"
  }

  /// Makes a baseline.
  public init(
    createdAt: String, tool: ToolIdentity, architecture: String, emulator: String, suite: String,
    cells: [String: [String: Double]]
  ) {
    schema = Self.currentSchema
    kind = Self.kind
    self.createdAt = createdAt
    self.tool = tool
    self.architecture = architecture
    self.emulator = emulator
    self.suite = suite
    self.cells = cells
  }

  /// Where a baseline of that name lies: a path where it looks like one, else a file of Results/baselines.
  public static func path(of name: String) -> String {
    name.contains("/") || name.hasSuffix(".json") ? name : "Results/baselines/\(name).json"
  }

  /// Reads a baseline by name or path.
  ///
  /// - Throws: `GateError`, of the kind `baselineNotFound` where no file is there.
  public static func read(_ name: String) throws -> ProxyBaseline {
    let path = path(of: name)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw GateError(
        "no baseline at \(path); make one with: tern gate SUITE --save-baseline \(name)", kind: .baselineNotFound)
    }
    return try decode(data, file: path)
  }

  /// Reads the bytes of a file.
  ///
  /// - Throws: `GateError` naming the file and what is wrong with it.
  public static func decode(_ data: Data, file: String) throws -> ProxyBaseline {
    struct Head: Decodable { var schema: Int?, kind: String? }
    guard let head = try? JSONDecoder().decode(Head.self, from: data) else {
      throw GateError("\(file): not a JSON document with a schema; write it anew with --save-baseline")
    }
    guard head.kind == kind else {
      throw GateError(
        "\(file): not a baseline of counts\(head.kind.map { " but of \"\($0)\"" } ?? ""); records of runs are compared "
          + "with: tern compare")
    }
    guard head.schema == currentSchema else {
      throw GateError("\(file): schema \(head.schema.map(String.init) ?? "unknown"), where \(currentSchema) is known")
    }
    do {
      let baseline = try JSONDecoder().decode(ProxyBaseline.self, from: data)
      for (cell, values) in baseline.cells {
        for (metric, value) in values where !(value.isFinite && value >= 0) {
          throw GateError("\(file): \(metric) of \(cell) is \(value), which is no count")
        }
      }
      return baseline
    } catch let error as DecodingError {
      throw GateError(
        "\(file): a field is missing or of the wrong type: \(Self.place(of: error)); write it anew with --save-baseline"
      )
    }
  }

  /// Writes it, its keys sorted, so that a commit shows which counts have changed.
  ///
  /// - Throws: `RecordError` when the file cannot be written.
  public func write(to name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try RecordFile.write(try encoder.encode(self) + Data("\n".utf8), to: Self.path(of: name))
  }

  private static func place(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): key.stringValue
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.map(\.stringValue).joined(separator: ".")
    @unknown default: "\(error)"
    }
  }
}
