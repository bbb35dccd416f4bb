/// The sinks of this build.
public enum SinkRegistry {
  /// Every sink, in the order of help texts.
  public static let all: [any Sink.Type] = [
    MarkdownSink.self, CSVSink.self, JSONSink.self, JSONLinesSink.self, SQLSink.self, OpenMetricsSink.self,
    InfluxSink.self, JUnitSink.self, ActionBenchmarkSink.self, ActionBenchmarkSmallerSink.self,
  ]

  /// Their names.
  public static var names: [String] { all.map { $0.name } }

  /// The sink of that name; throws `SinkError` with the names that there are.
  public static func named(_ name: String) throws -> any Sink {
    guard let sink = all.first(where: { $0.name == name }) else { throw SinkError(name: name) }
    return sink.init()
  }
}

/// There is no such output format.
public struct SinkError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The name that was asked for.
  public let name: String

  /// What was asked for and what there is.
  public var description: String {
    "there is no output format \"\(name)\"; there are \(SinkRegistry.names.joined(separator: ", "))"
  }
}
