import Foundation
import Records

/// The records themselves, as a JSON array; also for one record, so that readers need one case only.
public struct JSONSink: Sink {
  /// "json".
  public static let name = "json"
  /// "json".
  public static let fileExtension = "json"
  /// For help texts.
  public static let summary = "the records as they are stored, in an array"

  /// Makes a sink.
  public init() {}

  /// Writes the array, each record laid out as in its file.
  ///
  /// Throws `RecordError` for numbers that are not finite.
  public func render(_ records: [RunRecord]) throws -> Data {
    let texts = try records.map { try RecordCodec.encode($0).dropLast() }
    return Data("[".utf8) + Data(texts.joined(separator: Data(",\n".utf8))) + Data("]\n".utf8)
  }
}
