/// A suite says something that cannot be meant: which file and line, which key, what is wrong, and what would be right.
public struct SuiteError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file; nil for a suite that was built in code.
  public var path: String?
  /// The line in the file, from 1, where it is known.
  public var line: Int?
  /// The key, with its table where that helps: "repetitions", "case \"decode\": kernels".
  public var key: String?
  /// The problem and the remedy, in a sentence or two.
  public var message: String

  /// Makes an error.
  public init(path: String?, line: Int?, key: String?, message: String) {
    self.path = path
    self.line = line
    self.key = key
    self.message = message
  }

  /// Joins place, key and message: `Suites/demo.toml:12: case "decode": kernels: there is no kernel "smid"; …`.
  public var description: String {
    let place = path.map { path in line.map { "\(path):\($0)" } ?? path }
    return [place, key, message].compactMap(\.self).joined(separator: ": ")
  }
}
