/// What callgrind wrote: the counts of all that ran, and how often some functions were called.
///
/// The format is that of the file "callgrind.out" as valgrind documents it, version 1. Reading is strict: a line that the
/// format does not know is an error with its number, because a count that is read wrong looks like any other.
public struct CallgrindOutput: Sendable, Equatable {
  /// Event to its count over everything: "Ir" instructions, "Dr" reads of data, "Dw" writes.
  public private(set) var totals: [String: Int] = [:]
  /// Calls of the functions that were asked for, those from one of them to another left out.
  public private(set) var calls = 0

  /// Reads the text of a file.
  ///
  /// - Parameters:
  ///   - text: the whole file.
  ///   - counted: functions whose calls are counted together: an allocator's entries, which call each other.
  /// - Throws: `CallgrindError` with the line.
  public init(_ text: String, countingCallsOf counted: Set<String>) throws {
    var reader = Reader(counted: counted)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      reader.number += 1
      if !line.isEmpty, !line.hasPrefix("#") { try reader.read(line) }
    }
    totals = try reader.finish()
    calls = reader.calls
  }

  private struct Reader {
    let counted: Set<String>
    var number = 0
    var calls = 0
    private var isVersioned = false
    private var events: [Substring] = []
    private var sums: [Int]?
    /// Numbers of compressed names, for functions alone: files and objects are not looked at.
    private var names: [Substring: String] = [:]
    private var function = ""
    private var callee = ""
    /// A line `calls=` stands before the cost of the call.
    private var awaitsCost = false

    init(counted: Set<String>) { self.counted = counted }

    mutating func read(_ line: Substring) throws {
      guard sums == nil || line.hasPrefix("totals:") else { throw error("a line behind the totals") }
      if awaitsCost {
        awaitsCost = false
        return try readCost(line)
      }
      if let first = line.utf8.first, Self.beginsPosition(first) { return try readCost(line) }
      if let equals = line.firstIndex(of: "="), line[..<equals].utf8.allSatisfy({ 97...122 ~= $0 }) {
        return try readName(line[..<equals], line[line.index(after: equals)...])
      }
      guard let colon = line.firstIndex(of: ":") else { throw error("neither a header, a name nor a cost") }
      try readHeader(line[..<colon], line[line.index(after: colon)...])
    }

    func finish() throws -> [String: Int] {
      guard isVersioned, !events.isEmpty, let sums else {
        throw error("the file ends before its totals: the program was killed, or the disk is full")
      }
      return Dictionary(zip(events.map(String.init), sums), uniquingKeysWith: { $1 })
    }

    // MARK: - Lines

    private mutating func readHeader(_ key: Substring, _ value: Substring) throws {
      switch key {
      case "version":
        guard value.filter({ $0 != " " }) == "1" else { throw error("version\(value), where 1 is known") }
        isVersioned = true
      case "part":
        guard value.filter({ $0 != " " }) == "1" else { throw error("part\(value), where one part is expected") }
      case "events":
        events = value.split(separator: " ")
        guard !events.isEmpty, Set(events).count == events.count else { throw error("no list of different events") }
      case "positions":
        guard value.filter({ $0 != " " }) == "line" else { throw error("positions\(value), where lines are expected") }
      case "totals":
        guard isVersioned, !events.isEmpty else { throw error("totals before the version and the events") }
        guard sums == nil else { throw error("totals for a second time") }
        sums = try counts(value.split(separator: " "))
      default:
        // The command, the time range, the caches, an event's long name, a summary: for people.
        guard key.utf8.allSatisfy({ 97...122 ~= $0 }) else { throw error("neither a header, a name nor a cost") }
      }
    }

    private mutating func readName(_ key: Substring, _ value: Substring) throws {
      switch key {
      case "fn": function = try name(value)
      case "cfn": callee = try name(value)
      case "calls":
        let words = value.split(separator: " ")
        guard words.count == 2, let count = Int(words[0]), count >= 0, Self.isPosition(words[1]) else {
          throw error("calls= without a count and a position")
        }
        if counted.contains(callee), !counted.contains(function) {
          let (sum, isTooLarge) = calls.addingReportingOverflow(count)
          guard !isTooLarge else { throw error("more calls than can be counted") }
          calls = sum
        }
        awaitsCost = true
      case "ob", "fl", "fi", "fe", "cob", "cfi", "cfl": break
      // Jumps within a function, where they are recorded: no cost of their own.
      case "jump", "jcnd", "jfi", "jfn": break
      default: throw error("\(key)= is not known")
      }
    }

    private func readCost(_ line: Substring) throws {
      let words = line.split(separator: " ")
      guard let position = words.first, Self.isPosition(position) else { throw error("no position before a cost") }
      guard !events.isEmpty else { throw error("a cost before the events") }
      _ = try counts(words.dropFirst())
    }

    // MARK: - Parts of lines

    /// Counts in the order of the events; zeros at the end may be left out.
    private func counts(_ words: some Collection<Substring>) throws -> [Int] {
      guard words.count <= events.count else {
        throw error("\(words.count) counts, where there are \(events.count) events")
      }
      let values = try words.map { word in
        guard let value = Int(word), value >= 0 else { throw error("\"\(word)\" is not a count") }
        return value
      }
      return values + Array(repeating: 0, count: events.count - values.count)
    }

    /// "(12) malloc" gives number 12 its name, "(12)" stands for it; a name without a number is itself.
    private mutating func name(_ text: Substring) throws -> String {
      guard text.first == "(" else { return Self.base(of: text) }
      guard let end = text.firstIndex(of: ")"), Int(text[text.index(after: text.startIndex)..<end]) != nil else {
        throw error("\"\(text)\" is neither a name nor the number of one")
      }
      let key = text[..<end]
      let rest = text[text.index(after: end)...].drop { $0 == " " }
      // Number 0 stands for code without a symbol, and has no name anywhere.
      if rest.isEmpty { return names[key] ?? "" }
      names[key] = Self.base(of: rest)
      return names[key] ?? ""
    }

    /// A function that calls itself is written "name'2" from the second call on.
    private static func base(of name: Substring) -> String {
      guard let tick = name.lastIndex(of: "'"), Int(name[name.index(after: tick)...]) != nil else {
        return String(name)
      }
      return String(name[..<tick])
    }

    private static func beginsPosition(_ byte: UInt8) -> Bool {
      48...57 ~= byte || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*")
    }

    /// A line number, "+3" or "-3" from the one before, or "*" for the same.
    private static func isPosition(_ word: Substring) -> Bool {
      word == "*" || Int(word) != nil
    }

    private func error(_ message: String) -> CallgrindError { CallgrindError(line: number, message: message) }
  }
}

/// A file of callgrind that cannot be read.
public struct CallgrindError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The line, from 1.
  public let line: Int
  /// What is wrong with it.
  public let message: String

  /// The line and what is wrong.
  public var description: String { "line \(line): \(message)" }
}
