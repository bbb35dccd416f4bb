/// Thread counts as llama-bench spells them.
///
/// `4`, `1-8` (step 1), `1-8+2` (step 2: 1, 3, 5, 7), `1-64*2` (doubling), several joined by commas; and `all`, which
/// stands for the physical cores and may also end a range: `1-all`, `1-all*2`. More threads than cores are allowed.
public enum ThreadRange {
  /// The most threads that can be asked for: above every machine of today, and small enough to list.
  public static let largest = 4096

  /// Expands a range to its counts, in order, without repetitions.
  ///
  /// `coresPhysical` is what `all` means. Throws `ThreadRangeError` with the accepted spellings.
  public static func parse(_ text: String, coresPhysical: Int) throws -> [Int] {
    var counts: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let part = part.drop { $0 == " " }
      for count in try expand(String(part), in: text, all: max(1, coresPhysical)) where !counts.contains(count) {
        counts.append(count)
      }
    }
    return counts
  }

  private static func expand(_ part: String, in text: String, all: Int) throws -> [Int] {
    let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let first = try count(ends[0], in: text, all: all)
    guard ends.count == 2 else { return [first] }
    let (lastText, operation, step) = try stride(ends[1], in: text)
    let last = try count(lastText, in: text, all: all)
    guard first <= last else {
      let meaning = lastText == "all" ? " (all is \(last) here)" : ""
      throw ThreadRangeError(text, "\(first) is more than \(lastText)\(meaning), so the range is empty")
    }
    let next: (Int) -> Int = operation == "*" ? { $0 * step } : { $0 + step }
    return Array(sequence(first: first) { next($0) <= last ? next($0) : nil })
  }

  /// What stands behind the hyphen: the last count, and how to get there.
  private static func stride(_ text: String, in range: String) throws -> (last: String, operation: Character, step: Int)
  {
    guard let index = text.firstIndex(where: { $0 == "+" || $0 == "*" }) else { return (text, "+", 1) }
    let operation = text[index]
    let step = try count(String(text[text.index(after: index)...]), in: range, all: nil)
    guard operation == "+" || step >= 2 else { throw ThreadRangeError(range, "a factor of 1 never arrives") }
    return (String(text[..<index]), operation, step)
  }

  private static func count(_ text: String, in range: String, all: Int?) throws -> Int {
    if let all, text == "all" { return all }
    guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
      throw ThreadRangeError(range, "\"\(text)\" is not a whole number")
    }
    guard let value = Int(text), 1...largest ~= value else {
      throw ThreadRangeError(range, "\(text) is not between 1 and \(largest)")
    }
    return value
  }
}

/// A thread range that cannot be read.
public struct ThreadRangeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What is wrong and what is accepted.
  public let description: String

  init(_ text: String, _ problem: String) {
    description =
      "\"\(text)\" is not a thread count or range: \(problem). Accepted are 4, 1-8, 1-8+2, 1-64*2, all, 1-all, and "
      + "several of them joined by commas."
  }
}
