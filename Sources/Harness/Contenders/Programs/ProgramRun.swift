import Glibc
import Meters
import Records

/// One run of a program: follows its output, says when the measured work begins and ends, and ends it when it hangs.
struct ProgramRun {
  let name: String
  let dialect: any ProgramDialect
  let timeoutSeconds: Double
  let interrupt: Interrupt

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - opening: is called where the window begins, at most once; never where it holds the whole process.
  ///   - closing: is called where it ends, once if it had begun; the program can still be looked at.
  /// - Throws: `ProgramFailure` when it crashes, hangs or never says that its work begins; `Interrupted`; what `opening`
  ///   throws.
  func follow(
    _ child: ReadProgram, opening: () throws -> Void, closing: () -> Void
  ) throws -> ProgramOutput {
    var reader = Reader(dialect: dialect)
    var state = dialect.windowReason == nil ? State.before : .open
    func close() {
      guard state == .open else { return }
      state = .closed
      closing()
    }
    func open() throws {
      guard state == .before else { return }
      do { try opening() } catch {
        // A program that is gone has a better reason than the meter that did not find it.
        if case .exited(0)? = ending(of: child) { throw error }
        throw ProgramFailure("\(name) ended when its work began: \(error)")
      }
      state = .open
    }
    let start = WallClock.nowNs()
    loop: while true {
      if interrupt.isRaised {
        child.kill()
        throw Interrupted()
      }
      guard Double(WallClock.nowNs() - start) * 1e-9 < timeoutSeconds else {
        close()
        child.kill()
        throw ProgramFailure(
          "\(name) did not end within \(Number.seconds(timeoutSeconds)) and was stopped; raise timeout_seconds, or see "
            + "why it hangs" + reader.lastWords)
      }
      switch child.next(withinMs: Self.patienceMs) {
      case .nothing: continue
      case .ended: break loop
      case .output(let stream, let bytes):
        if stream == .out, dialect.closesOnOutput, dialect.windowReason == nil { close() }
        let lines = reader.take(bytes, from: stream)
        if reader.output.isCut, dialect.closesOnOutput {
          close()
          child.kill()
          throw ProgramFailure("\(name) wrote more than 1 MiB, which is not llama-bench's result, and was stopped")
        }
        for line in lines where dialect.windowReason == nil {
          if state == .before, dialect.opens(on: line) {
            try open()
          } else if state == .open, dialect.closes(on: line) {
            close()
          }
        }
      }
    }
    close()
    let end = child.reap()
    reader.finish()
    try check(end, reader)
    guard state == .closed else {
      throw ProgramFailure("\(name) ended well and never said that its work begins" + reader.lastWords)
    }
    return reader.output
  }

  private enum State { case before, open, closed }

  /// How long a wait for output lasts before the interrupt and the clock are looked at: four wake-ups a second take
  /// nothing from the program.
  private static let patienceMs = 250

  private func ending(of child: ReadProgram) -> ProgramEnd? {
    // A crash and its message come a moment apart.
    for _ in 0..<20 {
      if case .ended = child.next(withinMs: 10) { return child.reap() }
    }
    return .exited(0)
  }

  private func check(_ end: ProgramEnd?, _ reader: Reader) throws {
    switch end {
    case .exited(0): return
    case .exited(let status): throw ProgramFailure("\(name) ended with status \(status)" + reader.lastWords)
    case .killed(let signal):
      let words = strsignal(signal).map { String(cString: $0) } ?? "unknown"
      throw ProgramFailure("\(name) was ended by signal \(signal) (\(words))" + reader.lastWords)
    case nil: throw ProgramFailure("the kernel does not say how \(name) ended")
    }
  }
}

extension ProgramRun {
  /// Cuts the streams into lines and keeps what may be needed.
  private struct Reader {
    let dialect: any ProgramDialect
    var output = ProgramOutput()
    private var rests: [ReadProgram.Stream: [UInt8]] = [:]

    /// llama-bench's result takes a thousandth of it.
    private static let largestOutput = 1 << 20
    /// A log of every token of a long run stays below.
    private static let mostLines = 100_000
    /// No message and no result is as long; regular expressions are not let loose on more.
    private static let longestLine = 4096
    private static let fewLast = 3

    init(dialect: any ProgramDialect) { self.dialect = dialect }

    /// The lines that these bytes complete.
    mutating func take(_ bytes: [UInt8], from stream: ReadProgram.Stream) -> [String] {
      if stream == .out {
        let room = Self.largestOutput - output.out.count
        output.out += bytes.prefix(room)
        if bytes.count > room { output.isCut = true }
      }
      let pieces = ((rests[stream] ?? []) + bytes)
        .split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      rests[stream] = Array(pieces.last?.prefix(Self.longestLine) ?? [])
      return pieces.dropLast().filter { !$0.isEmpty }.map { keep($0, from: stream) }
    }

    /// What has no end of line is a line too.
    mutating func finish() {
      for (stream, rest) in rests where !rest.isEmpty { _ = keep(rest[...], from: stream) }
      rests = [:]
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>, from stream: ReadProgram.Stream) -> String {
      let line = String(decoding: bytes.prefix(Self.longestLine), as: UTF8.self)
      if output.lines.count < Self.mostLines { output.lines.append(line) }
      if stream == .err { output.lastErrors = output.lastErrors.suffix(Self.fewLast - 1) + [line] }
      return line
    }

    /// "; it said: …" with the last lines of stderr, or else of stdout.
    var lastWords: String {
      let lines = output.lastErrors.isEmpty ? Array(output.lines.suffix(Self.fewLast)) : output.lastErrors
      let words = lines.map { String($0.prefix(200)).trimmed }.filter { !$0.isEmpty }
      return words.isEmpty ? "; it said nothing" : "; it said: \(words.joined(separator: " / "))"
    }
  }

  /// Seconds in words.
  private enum Number {
    static func seconds(_ value: Double) -> String {
      value == value.rounded() ? "\(Int(value)) s" : "\(value) s"
    }
  }
}

extension String {
  /// Without white space and control characters at its ends.
  fileprivate var trimmed: String {
    let isBlank = { (character: Character) in character.isWhitespace || (character.asciiValue ?? 0x20) < 0x20 }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
