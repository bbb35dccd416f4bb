import Foundation

/// A record could not be read or written.
public enum RecordError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The bytes are not a JSON document; `detail` has the place where the parser knows it.
  case notJSON(file: String, detail: String)
  /// A JSON document without a whole number under `schema`: something else than a record.
  case noSchema(file: String)
  /// Written by a later version of the program.
  case newerSchema(file: String, found: Int, known: Int)
  /// A schema that never existed.
  case unknownSchema(file: String, found: Int)
  /// Another document of the program: the result of a gate where a run's record is needed, or the other way round.
  case otherKind(file: String, found: String, wanted: String)
  /// A field is missing, of the wrong type, or out of its range; `key` is its path: `cells[3].samples[0].iterations`.
  case badField(file: String, key: String, detail: String)
  /// The file system refused; `reason` is its own text.
  case io(file: String, action: String, reason: String)

  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .notJSON(let file, let detail):
      "\(file): not a complete JSON document: \(detail). A record is written in one piece, so the file was cut or "
        + "edited afterwards; copy it again or run the suite again."
    case .noSchema(let file):
      "\(file): no whole number under the key \"schema\", so this is not a record of tern."
    case .newerSchema(let file, let found, let known):
      "\(file): written with schema \(found), and this build reads up to \(known). Read it with a newer tern."
    case .unknownSchema(let file, let found):
      "\(file): schema \(found) never existed; the first is 1. The file was edited or damaged."
    case .otherKind(let file, let found, let wanted):
      "\(file): holds a \(found), and a \(wanted) is needed here: `tern run` writes runs, `tern gate -o` gates."
    case .badField(let file, let key, let detail):
      "\(file): \(key.isEmpty ? "the record" : key): \(detail)."
    case .io(let file, let action, let reason):
      "\(file): cannot \(action): \(reason)."
    }
  }
}

extension RecordError {
  /// Turns what `JSONDecoder` throws into a file, a key path and a sentence.
  init(_ error: DecodingError, file: String) {
    switch error {
    case .keyNotFound(let key, let context):
      self = .badField(file: file, key: Self.path(context.codingPath + [key]), detail: "missing")
    case .typeMismatch(let type, let context):
      self = .badField(file: file, key: Self.path(context.codingPath), detail: "not \(Self.name(of: type))")
    case .valueNotFound(let type, let context):
      self = .badField(
        file: file, key: Self.path(context.codingPath), detail: "null where \(Self.name(of: type)) is needed")
    case .dataCorrupted(let context):
      self = .badField(
        file: file, key: Self.path(context.codingPath), detail: Self.sentence(context.debugDescription))
    @unknown default:
      self = .badField(file: file, key: "", detail: Self.sentence("\(error)"))
    }
  }

  /// Spells a place as `cells[3].samples[0].iterations`.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += (path.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }

  private static func sentence(_ text: String) -> String {
    text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Int.Type, is UInt64.Type: "a whole number in range"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    default: "\(type)".contains("Array") ? "a list" : "an object"
    }
  }
}
