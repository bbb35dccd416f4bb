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
    try encode(record, named: record.id)
  }

  /// Reads a record.
  ///
  /// `file` names the source in errors. `schema` is looked at first: an older record is migrated step by step, a newer one is refused by name. Throws
  /// `RecordError` for everything else; never traps, whatever the bytes.
  public static func decode(_ data: Data, file: String = "record") throws -> RunRecord {
    let schema = try schema(of: data, file: file, kind: nil, known: RunRecord.currentSchema)
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

  /// Writes any of the documents in the stable layout; `name` stands in errors.
  static func encode(_ document: some Encodable, named name: String) throws -> Data {
    do {
      return JSONLayout.compactingNumberLists(in: try encoder().encode(document)) + Data("\n".utf8)
    } catch let error as EncodingError {
      throw RecordError(encoding: error, file: name)
    }
  }

  /// Reads the schema of a document and refuses what this build cannot read: a run's record has no key "kind", every
  /// other document names its own there.
  static func schema(of data: Data, file: String, kind: String?, known: Int) throws -> Int {
    struct Head: Decodable {
      var schema: Int
      var kind: String?
    }
    let head: Head
    do {
      head = try JSONDecoder().decode(Head.self, from: data)
    } catch {
      if let problem = JSONSyntax.problem(in: data) { throw RecordError.notJSON(file: file, detail: problem) }
      throw RecordError.noSchema(file: file)
    }
    guard head.kind == kind else {
      throw RecordError.otherKind(file: file, found: head.kind ?? "run", wanted: kind ?? "run")
    }
    guard head.schema <= known else { throw RecordError.newerSchema(file: file, found: head.schema, known: known) }
    guard head.schema >= 1 else { throw RecordError.unknownSchema(file: file, found: head.schema) }
    return head.schema
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
