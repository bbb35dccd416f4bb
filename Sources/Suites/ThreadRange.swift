/// Thread counts as llama-bench spells them.
///
/// `4`, `1-8` (step 1), `1-8+2` (step 2: 1, 3, 5, 7), `1-64*2` (doubling), several joined by commas; and `all`, which
/// stands for the physical cores and may also end a range: `1-all`, `1-all*2`. More threads than cores are allowed.
public enum ThreadRange {
  /// The most threads that can be asked for: above every machine of today, and small enough to list.
  public static let largest = 4096
  /// The most counts that a text may expand to.
  static let longest = 10_000

  /// Expands a text to its counts, in order, without repetitions.
  ///
  /// `all` is what the word stands for: the physical cores. `largest` is the limit of a count; prompt lengths, which
  /// take the same syntax, can raise it. Throws `ThreadRangeError` with the accepted spellings.
  public static func parse(_ text: String, all: Int, largest: Int = largest) throws -> [Int] {
    let parser = Parser(text: text, all: max(1, all), largest: largest)
    var counts: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      counts += try parser.expand(String(part.drop { $0 == " " }))
      guard counts.count <= longest else { throw ThreadRangeError(text, "it has more than \(longest) counts") }
    }
    var seen: Set<Int> = []
    return counts.filter { seen.insert($0).inserted }
  }

  private struct Parser {
    /// The whole text, for messages.
    let text: String
    let all: Int
    let largest: Int

    /// One count, or the counts from the first to the last.
    func expand(_ part: String) throws -> [Int] {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let first = try count(ends[0])
      guard ends.count == 2 else { return [first] }
      let (lastText, operation, step) = try stride(ends[1])
      let last = try count(lastText)
      guard first <= last else {
        let meaning = lastText == "all" ? " (all is \(last) here)" : ""
        throw ThreadRangeError(text, "\(first) is more than \(lastText)\(meaning), so the range is empty")
      }
      let next: (Int) -> Int = operation == "*" ? { $0 * step } : { $0 + step }
      let counts = sequence(first: first) { next($0) <= last ? next($0) : nil }
      return Array(counts.prefix(longest + 1))
    }

    /// What stands behind the hyphen: the last count, and how to get there.
    private func stride(_ part: String) throws -> (last: String, operation: Character, step: Int) {
      guard let index = part.firstIndex(where: { $0 == "+" || $0 == "*" }) else { return (part, "+", 1) }
      let operation = part[index]
      let step = try number(String(part[part.index(after: index)...]))
      guard operation == "+" || step >= 2 else { throw ThreadRangeError(text, "a factor of 1 never arrives") }
      return (String(part[..<index]), operation, step)
    }

    private func count(_ word: String) throws -> Int { word == "all" ? all : try number(word) }

    private func number(_ digits: String) throws -> Int {
      guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
        throw ThreadRangeError(text, "\"\(digits)\" is not a whole number")
      }
      guard let value = Int(digits), 1...largest ~= value else {
        throw ThreadRangeError(text, "\(digits) is not between 1 and \(largest)")
      }
      return value
    }
  }
}

/// A thread range that cannot be read.
public struct ThreadRangeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What is wrong and what is accepted.
  public let description: String

  init(_ text: String, _ problem: String) {
    description =
      "\"\(text)\" is not a count or range: \(problem). Accepted are 4, 1-8, 1-8+2, 1-64*2, all, 1-all, and several of "
      + "them joined by commas."
  }
}
