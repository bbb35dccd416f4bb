/// Text to numbers, strictly: what is not exactly a number is not known.
enum Fields {
  /// Counters and sizes above 2^53 cannot be told apart as a Double; no file read here holds a true one.
  static let largest = 1 << 53

  /// A whole number in decimal, nothing around it but white space, of at most 2^53 in magnitude.
  static func integer(_ text: some StringProtocol) -> Int? {
    guard let value = Int(trimmed(text)), value.magnitude <= largest else { return nil }
    return value
  }

  /// A finite decimal number.
  static func number(_ text: (some StringProtocol)?) -> Double? {
    guard let text, let value = Double(trimmed(text)), value.isFinite else { return nil }
    return value
  }

  /// A whole number in hexadecimal, with or without "0x".
  static func hexadecimal(_ text: some StringProtocol) -> Int? {
    let digits = trimmed(text)
    guard let value = Int(digits.hasPrefix("0x") ? String(digits.dropFirst(2)) : digits, radix: 16) else { return nil }
    return value.magnitude <= largest ? value : nil
  }

  /// A size with the suffix of sysfs and procfs: "512K", "16M", "1024 kB", "4096"; bytes.
  static func bytes(_ text: some StringProtocol) -> Int? {
    let trimmed = trimmed(text)
    let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
    let suffix = self.trimmed(trimmed.dropFirst(digits.count))
    guard let value = integer(digits), let unit = units[suffix] else { return nil }
    let (bytes, overflow) = value.multipliedReportingOverflow(by: unit)
    return overflow || bytes > largest ? nil : bytes
  }

  private static let units = ["": 1, "K": 1 << 10, "kB": 1 << 10, "M": 1 << 20, "G": 1 << 30]

  /// Lines of "key<separator>value" as a dictionary; the first of equal keys wins.
  static func pairs(_ text: String, separator: Character) -> [String: String] {
    var pairs: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      guard let mark = line.firstIndex(of: separator) else { continue }
      let key = trimmed(line[..<mark])
      if pairs[key] == nil { pairs[key] = trimmed(line[line.index(after: mark)...]) }
    }
    return pairs
  }

  /// The text without ASCII white space and NUL bytes at its ends; device-tree files end in NUL.
  static func trimmed(_ text: some StringProtocol) -> String {
    // Bytes, not characters: finding where those end takes most of the time that reading a machine would take.
    let isEdge: (UInt8) -> Bool = { $0 == 0 || $0 == 0x20 || (0x09...0x0d).contains($0) }
    let text = Substring(text)
    guard let first = text.utf8.firstIndex(where: { !isEdge($0) }),
      let last = text.utf8.lastIndex(where: { !isEdge($0) })
    else { return "" }
    return String(text[first...last])
  }
}
