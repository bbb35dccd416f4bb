import Foundation
import Meters
import Records
import Statistics
import Suites

/// Runs the letters of a gate, one after another, each in a folder that is gone afterwards.
public final class GateProcesses {
  /// Where the letters' folders lie.
  public let folder: String
  /// Seconds after which a process that is still at work has hung.
  public let timeoutSeconds: Double
  let interrupt: Interrupt
  private var random: SplitMix64
  private var count = 0

  /// Makes a folder for letters.
  ///
  /// - Parameter seed: of the paddings of the environments.
  public init(timeoutSeconds: Double, seed: UInt64, interrupt: Interrupt) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-gate-\(UUID().uuidString)").path
    self.timeoutSeconds = timeoutSeconds
    self.interrupt = interrupt
    random = SplitMix64(seed: seed)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw GateError("no folder can be made for the gate's processes at \(folder): set TMPDIR to one that is writable")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Runs a letter of one side.
  ///
  /// - Throws: `LetterFailure` or `CellSkip`; `Interrupted`; `GateError` when no process can be started.
  public func measure(_ letter: GateLetter, by binary: GateBinary) throws -> GateMeasurement {
    try inFolder { place in
      var environment = ProcessInfo.processInfo.environment
      // The cell names its kernel.
      environment["TERN_KERNEL"] = nil
      environment["TERN_INJECT_SLOWDOWN"] = binary.injectedSlowdown
      // The environment's size moves the stack, and with it what shares a cache line or a page: code that is only lucky
      // must not look better in all runs. The bias becomes noise, which the test sees.
      environment["TERN_GATE_PADDING"] = String(repeating: "x", count: Int(random.next() % 4096))
      let record = try run(letter, [binary.path], by: binary, in: place, options: [], environment: environment)
      return try GateMeasurement(record, of: letter, by: binary.role, iterations: letter.suite.cases[0].iterations)
    }
  }

  /// Why a side cannot run a letter's suite, in its own words; nil where it can.
  ///
  /// - Throws: `Interrupted`, `GateError`.
  public func refusal(of letter: GateLetter, by binary: GateBinary) throws -> String? {
    try inFolder { place in
      let path = "\(place)/suite.toml"
      try write(letter.suite.text, to: path)
      let (end, out, errors) = try call(
        [binary.path, "run", path, "--dry-run"], environment: ProcessInfo.processInfo.environment, in: place)
      guard end == .exited(0) else { return Self.words(end, errors) }
      // "ID  skip: reason", and a line of counts below it.
      let mark = "\(letter.cell.id)  skip: "
      return out.split(separator: "\n").first { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }
  }

  /// What a program says of its version; nil where it is no tern.
  ///
  /// - Throws: `Interrupted`, `GateError` when it cannot be started.
  public func version(of path: String) throws -> String? {
    try inFolder { place in
      let (end, out, _) = try call(
        [path, "--version"], environment: ProcessInfo.processInfo.environment, in: place, timeoutSeconds: 30)
      guard end == .exited(0), let line = out.split(separator: "\n").first, line.hasPrefix("tern ") else { return nil }
      return String(line)
    }
  }

  // MARK: - One process

  /// Runs a suite to its record; `command` is what comes before the word "run".
  func run(
    _ letter: GateLetter, _ command: [String], by binary: GateBinary, in place: String, options: [String],
    environment: [String: String]
  ) throws -> RunRecord {
    let (suite, results) = ("\(place)/suite.toml", "\(place)/results")
    try write(letter.suite.text, to: suite)
    let (end, _, errors) = try call(
      command + ["run", suite, "-o", results, "-q"] + options, environment: environment, in: place)
    let path: String
    do { path = try Self.onlyRecord(under: results) } catch {
      throw LetterFailure("\(binary.role) \(end == .exited(0) ? "\(error)" : Self.words(end, errors))")
    }
    let record: RunRecord
    do { record = try RecordFile.read(path) } catch {
      throw LetterFailure("\(binary.role) wrote a record that cannot be read: \(error)")
    }
    // A cell that failed has its reason in the record, which says more than the status 3.
    if end != .exited(0), record.cells.first?.outcome.reason == nil {
      throw LetterFailure("\(binary.role) \(Self.words(end, errors))")
    }
    return record
  }

  /// Runs a program in a folder of this gate and returns what it wrote.
  func call(
    _ arguments: [String], environment: [String: String], in place: String, timeoutSeconds limit: Double? = nil
  ) throws -> (end: ChildProcess.End, out: String, errors: String) {
    let program: Program
    do { program = try Program(arguments) } catch { throw GateError("\(error)") }
    let (out, errors) = ("\(place)/out", "\(place)/errors")
    let end = try ChildProcess(program: program, environment: environment).run(
      output: out, errors: errors, timeoutSeconds: limit ?? timeoutSeconds, interrupt: interrupt)
    return (end, Self.text(out), Self.text(errors))
  }

  /// A folder whose name is as long as those of all others, so that paths do not differ in length.
  func inFolder<T>(_ body: (String) throws -> T) throws -> T {
    count += 1
    let place = "\(folder)/\(100_000 + count)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    return try body(place)
  }

  private func write(_ text: String, to path: String) throws {
    do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
      throw GateError("\(path) cannot be written: free space there, or set TMPDIR to another folder")
    }
  }

  // MARK: - Words

  private static func onlyRecord(under folder: String) throws -> String {
    let files = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
    let records = files.filter { $0.hasSuffix(".json") && !$0.hasSuffix("machine.json") }
    guard records.count == 1 else { throw LetterFailure("wrote \(records.count) records, where one is expected") }
    return "\(folder)/\(records[0])"
  }

  /// How a program ended and the last that it said, in a line.
  static func words(_ end: ChildProcess.End, _ errors: String) -> String {
    let how =
      switch end {
      case .exited(let status): "ended with status \(status)"
      case .killed(let signal): "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
      case .timedOut: "was still at work when its time was over, and was ended"
      }
    let lines = errors.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard let said = lines.last(where: { $0.contains("rror") }) ?? lines.last else { return how }
    return "\(how): \(said.prefix(300))"
  }

  private static func text(_ path: String) -> String {
    // A program that writes without end must not fill the memory as well.
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: 1 << 20) else {
      return ""
    }
    return String(decoding: data, as: UTF8.self)
  }
}
