import Glibc

/// Lines of standard input as they are: whole, and refused where they are no text.
struct LineInput {
  /// A line, or what is wrong with it.
  enum Line {
    case text(String)
    case unreadable(String)
  }

  /// More than any context holds.
  private static let bytesMax = 16 << 20

  private var buffer: [UInt8] = []
  private var isAtEnd = false
  private var number = 0

  /// The next line without its end; nil behind the last.
  mutating func next() -> Line? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeFirst(end + 1) }
        return line(buffer[..<end])
      }
      if buffer.count > Self.bytesMax || isAtEnd {
        guard !buffer.isEmpty else { return nil }
        defer { buffer = [] }
        return line(buffer[...])
      }
      fill()
    }
  }

  private mutating func line(_ bytes: ArraySlice<UInt8>) -> Line {
    number += 1
    let bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
    guard bytes.count <= Self.bytesMax else {
      return .unreadable("line \(number) has more than \(Self.bytesMax) bytes; split it")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return .unreadable("line \(number) is not UTF-8; convert it, with iconv -t UTF-8 for example")
    }
    return .text(text)
  }

  private mutating func fill() {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(STDIN_FILENO, &piece, piece.count)
    // A stop and a continuation of the process break a read off.
    if count < 0 && errno == EINTR { return }
    if count <= 0 { isAtEnd = true } else { buffer += piece[..<count] }
  }
}
