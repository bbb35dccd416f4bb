import Records

/// Reads groups of hardware events from TOML, as strictly as suites are read.
///
/// The format is documented in Suites/COUNTERS.md.
public enum CounterGroupDecoder {
  /// The newest format that this build reads.
  public static let currentSchema = 1

  /// Reads the file of a group.
  ///
  /// Throws `SuiteError`, which names the file and, where there is one, the line.
  public static func read(path: String) throws -> CounterGroup {
    try decode(text: try SuiteDecoder.contents(of: path, named: "group of counters"), path: path)
  }

  /// Reads a group from its text; `path` names the source in messages.
  ///
  /// Throws `SuiteError` for whatever the text gets wrong by itself. Whether a processor has an event of that name is
  /// known to libpfm4, which the meter asks.
  public static func decode(text: String, path: String?) throws -> CounterGroup {
    let (root, text) = try SuiteDecoder.parse(text, path: path, named: "group of counters")
    return try CounterGroupReader(root: root, text: text, path: path).group()
  }
}
