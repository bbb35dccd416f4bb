import Foundation

/// What is wrong with bytes that are not JSON, and where.
enum JSONSyntax {
  /// The problem with its line and column; nil for a valid document.
  ///
  /// `JSONDecoder` says only "not valid JSON" on Linux; `JSONSerialization` gives the offset of the byte.
  static func problem(in data: Data) -> String? {
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return nil
    } catch {
      let words = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "the bytes are not JSON"
      return located(words, in: data)
    }
  }

  /// Turns "Invalid value around character 14." into "invalid value at line 2, column 6".
  private static func located(_ words: String, in data: Data) -> String {
    let parts = words.trimmingCharacters(in: CharacterSet(charactersIn: ".")).components(
      separatedBy: " around character ")
    let what = parts[0].prefix(1).lowercased() + parts[0].dropFirst()
    let offset = parts.count == 2 ? Int(parts[1]) ?? data.count : data.count
    let before = data.prefix(max(0, min(offset, data.count)))
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
    return "\(what) at line \(line), column \(column)"
  }
}
