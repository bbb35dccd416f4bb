import Foundation

extension RecordCodec {
  /// Writes the JSON of a gate's result, in the same stable layout as a run's.
  ///
  /// Throws `RecordError.badField` when a number is not finite.
  public static func encode(_ gate: GateRecord) throws -> Data {
    try encode(gate, named: gate.id)
  }

  /// Reads a gate's result.
  ///
  /// `file` names the source in errors. Throws `RecordError`: a newer schema is refused by name, a run's record by what
  /// it is. Never traps, whatever the bytes.
  public static func decodeGate(_ data: Data, file: String = "gate") throws -> GateRecord {
    _ = try schema(of: data, file: file, kind: GateRecord.kind, known: GateRecord.currentSchema)
    do {
      let gate = try JSONDecoder().decode(GateRecord.self, from: data)
      try gate.validate(file: file)
      return gate
    } catch let error as DecodingError {
      throw RecordError(error, file: file)
    }
  }
}

extension RecordFile {
  /// Reads a gate's result.
  ///
  /// Throws `RecordError`, which names the file.
  public static func readGate(_ path: String) throws -> GateRecord {
    try RecordCodec.decodeGate(try bytes(of: path), file: path)
  }

  /// Writes a gate's result atomically, making the folder if need be.
  ///
  /// Throws `RecordError`; the old file is then untouched.
  public static func write(_ gate: GateRecord, to path: String) throws {
    try write(try RecordCodec.encode(gate), to: path)
  }
}
