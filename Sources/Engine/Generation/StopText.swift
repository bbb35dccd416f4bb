/// Finds texts at which to stop in a text that comes in pieces, and holds back what may become one of them.
///
/// The result does not depend on how the text is cut: the stop that is complete first counts, and of several that end at
/// one byte the longest. Pieces are whole characters, and so is what is given out.
public struct StopText: Sendable {
  private let stops: [[UInt8]]
  /// What was not given out: the beginning of some stops, or nothing.
  private var held: [UInt8] = []
  /// Whether a stop was found; there is no further text behind it.
  public private(set) var isFound = false

  /// Looks for texts; empty ones are ignored.
  public init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty } }

  /// Takes a piece; returns the text that is sure to come before any stop.
  public mutating func append(_ piece: String) -> String {
    guard !isFound else { return "" }
    guard !stops.isEmpty else { return piece }
    for byte in piece.utf8 {
      held.append(byte)
      if let length = stops.filter({ held.ends(with: $0) }).map(\.count).max() {
        isFound = true
        held.removeLast(length)
        return takeHeld(keeping: 0)
      }
    }
    return takeHeld(keeping: stops.map(longestBeginning).max() ?? 0)
  }

  /// Ends the text: what was held back did not become a stop.
  public mutating func finish() -> String { takeHeld(keeping: 0) }

  private mutating func takeHeld(keeping count: Int) -> String {
    let sure = held.dropLast(count)
    held = Array(held.suffix(count))
    return String(decoding: sure, as: UTF8.self)
  }

  /// How many of the last bytes begin a stop, the most there can be.
  ///
  /// No character is cut: in UTF-8 a text begins with a byte that begins a character.
  private func longestBeginning(of stop: [UInt8]) -> Int {
    let most = min(stop.count - 1, held.count)
    return (0...most).last { held.ends(with: stop.prefix($0)) } ?? 0
  }
}

extension [UInt8] {
  fileprivate func ends(with other: some Collection<UInt8>) -> Bool {
    count >= other.count && suffix(other.count).elementsEqual(other)
  }
}
