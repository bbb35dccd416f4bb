import ArgumentParser
import Foundation

/// The two streams: data on stdout, everything else on stderr.
enum Console {
  /// Writes data; nothing else may reach stdout.
  ///
  /// A stdout that cannot take it (a full disk behind a redirection) ends the program: half a table is none.
  static func data(_ bytes: Data) {
    do { try FileHandle.standardOutput.write(contentsOf: bytes) } catch {
      note("cannot write to stdout: \(String(cString: strerror(errno)))")
      exit(1)
    }
  }

  /// Writes a line of data.
  static func line(_ text: String) { data(Data((text + "\n").utf8)) }

  /// Writes text of data without a line end: tokens as they come.
  static func text(_ text: String) { data(Data(text.utf8)) }

  /// Writes a line for people.
  static func note(_ text: String) { raw(text + "\n") }

  /// Writes to stderr as it stands; for progress lines that are redrawn.
  static func raw(_ text: String) {
    // A closed stderr is the user's choice; the work goes on.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  static var stdoutIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var stderrIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal behind stdout, or 80 where there is none: what a pipe or a log is read in.
  static var width: Int { width(of: STDOUT_FILENO) }
  /// Columns of the terminal behind stderr, which need not be stdout's.
  static var stderrWidth: Int { width(of: STDERR_FILENO) }

  private static func width(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes a value as JSON with sorted keys to stdout, for the `--json` flags.
  static func json(_ value: some Encodable) throws { line(try jsonText(value)) }

  /// A value as JSON with sorted keys.
  static func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// `--color auto|always|never`, with NO_COLOR (no-color.org) and pipes respected by auto.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Whether text on stderr is coloured.
  var stderr: Style { Style(isOn: resolved(isTerminal: Console.stderrIsTerminal)) }
  /// Whether text on stdout is coloured.
  var stdout: Style { Style(isOn: resolved(isTerminal: Console.stdoutIsTerminal)) }

  private func resolved(isTerminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }
  }
}

/// Colours, or none.
struct Style {
  let isOn: Bool

  func good(_ text: String) -> String { wrap(text, "32") }
  func warning(_ text: String) -> String { wrap(text, "33") }
  func bad(_ text: String) -> String { wrap(text, "31") }
  func dim(_ text: String) -> String { wrap(text, "2") }
  func bold(_ text: String) -> String { wrap(text, "1") }

  private func wrap(_ text: String, _ code: String) -> String { isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
