import Foundation

/// Turns records into bytes and back.
///
/// The JSON is stable: keys sorted, one key per line, lists of numbers on one line, a newline at the end; two equal
/// records give equal bytes, so that records can live in git. A value that is unknown has no key; NaN cannot be written.
public enum RecordCodec {
  /// Writes the JSON of a record.
  ///
  /// Throws `RecordError.badField` when a number is not finite.
  public static func encode(_ record: RunRecord) throws -> Data {
    do {
      return JSONLayout.compactingNumberLists(in: try encoder().encode(record)) + Data("\n".utf8)
    } catch let error as EncodingError {
      throw RecordError(encoding: error, file: record.id)
    }
  }

  /// Reads a record.
  ///
  /// `file` names the source in errors. `schema` is looked at first: an older record is migrated step by step, a newer one is refused by name. Throws
  /// `RecordError` for everything else; never traps, whatever the bytes.
  public static func decode(_ data: Data, file: String = "record") throws -> RunRecord {
    let schema = try schema(of: data, file: file)
    guard schema <= RunRecord.currentSchema else {
      throw RecordError.newerSchema(file: file, found: schema, known: RunRecord.currentSchema)
    }
    guard schema >= 1 else { throw RecordError.unknownSchema(file: file, found: schema) }
    do {
      let current =
        schema == RunRecord.currentSchema
        ? data : try RecordMigration.migrate(data, from: schema, to: RunRecord.currentSchema, by: RecordMigration.steps)
      let record = try JSONDecoder().decode(RunRecord.self, from: current)
      try record.validate(file: file)
      return record
    } catch let error as DecodingError {
      throw RecordError(error, file: file)
    }
  }

  private static func schema(of data: Data, file: String) throws -> Int {
    struct Head: Decodable { var schema: Int }
    do {
      return try JSONDecoder().decode(Head.self, from: data).schema
    } catch {
      if let problem = JSONSyntax.problem(in: data) { throw RecordError.notJSON(file: file, detail: problem) }
      throw RecordError.noSchema(file: file)
    }
  }

  private static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

extension RecordError {
  init(encoding error: EncodingError, file: String) {
    guard case .invalidValue(let value, let context) = error else {
      self = .badField(file: file, key: "", detail: "\(error)")
      return
    }
    let key = context.codingPath.map(\.stringValue).joined(separator: ".")
    self = .badField(file: file, key: key, detail: "\(value) cannot be written; an unknown value is left out")
  }
}
