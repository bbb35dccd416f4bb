import Statistics
import Testing

@testable import Harness

@Suite struct CallgrindOutputTests {
  /// The form of a file that callgrind 3.19 writes, cut down to one line of each kind.
  static let sample = """
    # callgrind format
    version: 1
    creator: callgrind-3.19.0
    pid: 541
    cmd:  ./tern run gate.toml
    part: 1


    desc: I1 cache: 32768 B, 64 B, 8-way associative
    desc: Trigger: Program termination

    positions: line
    events: Ir Dr Dw
    summary: 90 20 10


    ob=(3) /usr/lib/libc.so.6
    fl=(326) ./malloc/malloc.c
    fn=(7) malloc
    33 44 2 1
    fn=(8) realloc
    +3 5
    cfn=(7)
    calls=2 33
    * 88 4 2
    ob=(1) /tern
    fl=(1) ???
    fn=(2) work
    0 7 1
    cob=(3)
    cfi=(326)
    cfn=(7)
    calls=5 +22
    -3 220 10 5
    cfn=(8)
    calls=1 0
    0 93
    cfn=(9) work'2
    calls=4 0
    0 93
    jcnd=1/2 +4
    * 1

    totals: 3605 120 33
    """

  @Test("totals are read, and calls into a group of functions, but not those among themselves")
  func counts() throws {
    let output = try CallgrindOutput(Self.sample, countingCallsOf: ["malloc", "realloc"])
    #expect(output.totals == ["Ir": 3605, "Dr": 120, "Dw": 33])
    #expect(output.calls == 6)
    #expect(try CallgrindOutput(Self.sample, countingCallsOf: ["malloc"]).calls == 7)
    #expect(try CallgrindOutput(Self.sample, countingCallsOf: ["work"]).calls == 0, "a function that calls itself")
    #expect(try CallgrindOutput(Self.sample, countingCallsOf: []).calls == 0)
  }

  @Test(
    "what the format does not know is an error with its line",
    arguments: [
      ("version: 1", "version: 2", 2), ("part: 1", "part: 2", 6), ("positions: line", "positions: instr line", 12),
      ("events: Ir Dr Dw", "events: Ir Ir", 13), ("33 44 2 1", "33 44 2 1 5", 20), ("33 44 2 1", "33 44 -2 1", 20),
      ("calls=2 33", "calls=2", 24), ("calls=2 33", "calls=99999999999999999999 33", 24), ("+3 5", "3x 5", 22),
      ("fn=(7) malloc", "fn=(x) malloc", 19), ("jcnd=1/2 +4", "what=1", 41), ("cob=(3)", "Some words", 30),
      ("totals: 3605 120 33", "totals: 1 2 3 4", 44),
    ])
  func damage(line: String, damaged: String, number: Int) {
    let text = (Self.sample + "\n").replacingOccurrences(of: line + "\n", with: damaged + "\n", first: true)
    let error = #expect(throws: CallgrindError.self) { try CallgrindOutput(text, countingCallsOf: ["malloc"]) }
    #expect(error?.line == number, "\(String(describing: error))")
  }

  @Test("a file that ends early, or goes on behind its totals, is refused")
  func ends() {
    let lines = Self.sample.split(separator: "\n", omittingEmptySubsequences: false)
    for count in 0..<(lines.count - 1) {
      let text = lines.prefix(count).joined(separator: "\n")
      #expect(throws: CallgrindError.self) { try CallgrindOutput(text, countingCallsOf: []) }
    }
    #expect(throws: CallgrindError.self) { try CallgrindOutput(Self.sample + "\n0 5\n", countingCallsOf: []) }
    #expect(throws: CallgrindError.self) { try CallgrindOutput(Self.sample + "\ntotals: 1\n", countingCallsOf: []) }
  }

  @Test("no damage to a file crashes the reader")
  func fuzz() {
    var random = SplitMix64(seed: 7)
    let bytes = Array(Self.sample.utf8)
    let alphabet = Array("()=:+-*'0123456789 \nabcIDrw\u{0}".utf8)
    for _ in 0..<1000 {
      var damaged = bytes
      for _ in 0...Int(random.next() % 6) {
        let place = Int(random.next() % UInt64(damaged.count))
        switch random.next() % 3 {
        case 0: damaged[place] = alphabet[Int(random.next() % UInt64(alphabet.count))]
        case 1: damaged.remove(at: place)
        default: damaged.insert(alphabet[Int(random.next() % UInt64(alphabet.count))], at: place)
        }
      }
      let output = try? CallgrindOutput(String(decoding: damaged, as: UTF8.self), countingCallsOf: ["malloc", "work"])
      #expect(output?.totals.values.allSatisfy { $0 >= 0 } ?? true)
      #expect(output?.calls ?? 0 >= 0)
    }
  }
}

extension String {
  /// Replaces the first occurrence.
  fileprivate func replacingOccurrences(of old: String, with new: String, first: Bool) -> String {
    guard let range = firstRange(of: old) else { return self }
    return replacingCharacters(in: range, with: new)
  }

  private func replacingCharacters(in range: Range<String.Index>, with new: String) -> String {
    String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
