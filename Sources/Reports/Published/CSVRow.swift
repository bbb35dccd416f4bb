/// One row of comma-separated text (RFC 4180) and the line on which it begins.
struct CSVRow: Equatable {
  /// From 1.
  let line: Int
  /// Without quotation marks.
  let fields: [String]

  /// Every row of a text; lines end with LF or CRLF, and the last may be without an end.
  ///
  /// Throws `CSVError` for a quotation mark inside an unquoted field, text behind a quoted one, and an open quote.
  static func rows(of text: String) throws -> [CSVRow] {
    var reader = Reader(bytes: Array(text.utf8))
    var rows: [CSVRow] = []
    while let row = try reader.row() { rows.append(row) }
    return rows
  }

  private struct Reader {
    let bytes: [UInt8]
    var index = 0
    var line = 1

    /// Reads the next row, nil at the end; an empty line is a row with one empty field.
    mutating func row() throws -> CSVRow? {
      guard index < bytes.count else { return nil }
      let first = line
      var fields = [try field()]
      while index < bytes.count, bytes[index] == UInt8(ascii: ",") {
        index += 1
        fields.append(try field())
      }
      if index < bytes.count, bytes[index] == UInt8(ascii: "\r") { index += 1 }
      guard index == bytes.count || bytes[index] == UInt8(ascii: "\n") else {
        throw CSVError(line: line, problem: "text behind the end of a field; quote the whole field")
      }
      index += 1
      line += 1
      return CSVRow(line: first, fields: fields)
    }

    private mutating func field() throws -> String {
      guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return try plain() }
      let opening = line
      var content: [UInt8] = []
      index += 1
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\"") {
          guard index < bytes.count, bytes[index] == byte else { return String(decoding: content, as: UTF8.self) }
          index += 1
        } else if byte == UInt8(ascii: "\n") {
          line += 1
        }
        content.append(byte)
      }
      throw CSVError(line: opening, problem: "a quotation mark is opened here and never closed")
    }

    private mutating func plain() throws -> String {
      let start = index
      while index < bytes.count, ![UInt8(ascii: ","), UInt8(ascii: "\r"), UInt8(ascii: "\n")].contains(bytes[index]) {
        if bytes[index] == UInt8(ascii: "\"") {
          throw CSVError(line: line, problem: "a quotation mark inside a field; quote the whole field and double it")
        }
        index += 1
      }
      return String(decoding: bytes[start..<index], as: UTF8.self)
    }
  }
}

/// Text that is not CSV.
struct CSVError: Error, Equatable {
  /// From 1.
  let line: Int
  /// What is wrong.
  let problem: String
}
