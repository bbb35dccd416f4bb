import Foundation

/// The layout of record files, where Foundation's own is unreadable.
enum JSONLayout {
  /// Puts every list that holds numbers alone on one line.
  ///
  /// Foundation writes one element per line; a run of 128-token decodes would have a hundred thousand lines of token
  /// times. `json` must be a valid document; text inside strings is left as it is.
  static func compactingNumberLists(in json: Data) -> Data {
    let bytes = [UInt8](json)
    var out = Data(capacity: bytes.count)
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        let end = endOfString(bytes, from: index)
        out.append(contentsOf: bytes[index..<end])
        index = end
      case UInt8(ascii: "["):
        let end = endOfNumberList(bytes, from: index)
        if let end { out.append(contentsOf: onOneLine(bytes[index..<end])) } else { out.append(bytes[index]) }
        index = end ?? index + 1
      default:
        out.append(bytes[index])
        index += 1
      }
    }
    return out
  }

  /// The index behind the closing quote.
  private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, bytes.count)
  }

  /// The index behind the closing bracket; nil where the list holds anything but numbers.
  private static func endOfNumberList(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start + 1
    while index < bytes.count, numberBytes.contains(bytes[index]) { index += 1 }
    return index < bytes.count && bytes[index] == UInt8(ascii: "]") ? index + 1 : nil
  }

  /// What numbers, and the space and commas between them, are made of.
  private static let numberBytes = Set("0123456789+-.eE, \n".utf8)

  private static func onOneLine(_ list: ArraySlice<UInt8>) -> [UInt8] {
    list.reduce(into: []) { out, byte in
      guard byte != UInt8(ascii: " "), byte != UInt8(ascii: "\n") else { return }
      out.append(byte)
      if byte == UInt8(ascii: ",") { out.append(UInt8(ascii: " ")) }
    }
  }
}
