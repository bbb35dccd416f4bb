import Foundation
import Records

/// A gate's result in, bytes out: what CI systems and their readers see.
///
/// As a `Sink` it never judges or reads the machine: the same result gives the same bytes everywhere.
public protocol GateSink: Sendable {
  /// What a command line calls it: "junit".
  static var name: String { get }
  /// The ending of its files, without the dot.
  static var fileExtension: String { get }
  /// One sentence for help texts.
  static var summary: String { get }
  /// Makes a sink; it has no settings.
  init()
  /// Writes the result. Without verdicts the document is valid and says so.
  func render(_ gate: GateRecord) throws -> Data
}

/// The formats that a gate's result can be written in.
public enum GateSinkRegistry {
  /// Every format, in the order of help texts.
  public static let all: [any GateSink.Type] = [
    GateMarkdownSink.self, GateJSONSink.self, GateJUnitSink.self, GateAnnotationsSink.self,
    GateActionBenchmarkSink.self, GateActionBenchmarkSmallerSink.self,
  ]

  /// Their names.
  public static var names: [String] { all.map { $0.name } }

  /// The format of that name; throws `GateSinkError` with the names that there are.
  public static func named(_ name: String) throws -> any GateSink {
    guard let sink = all.first(where: { $0.name == name }) else { throw GateSinkError(name: name) }
    return sink.init()
  }
}

/// A gate's result cannot be written in such a format.
public struct GateSinkError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The name that was asked for.
  public let name: String

  /// What was asked for and what there is.
  public var description: String {
    "a gate's result has no format \"\(name)\"; there are \(GateSinkRegistry.names.joined(separator: ", "))"
  }
}

/// The result as it is stored.
public struct GateJSONSink: GateSink {
  /// "json".
  public static let name = "json"
  /// "json".
  public static let fileExtension = "json"
  /// For help texts.
  public static let summary = "the result as it is stored"

  /// Makes a sink.
  public init() {}

  /// Writes the result; throws `RecordError` for numbers that are not finite.
  public func render(_ gate: GateRecord) throws -> Data { try RecordCodec.encode(gate) }
}
