import Records

/// The groups of hardware events that come with the program, and those in files of the user's.
///
/// The program carries its own groups, so that they are there wherever it is started; Suites/counters/ shows their texts.
public enum CounterGroupLibrary {
  /// The names of the groups that come with the program, the most asked-for first.
  public static let names = texts.map(\.name)

  /// Every group that comes with the program, in the order of `names`.
  public static func all() throws -> [CounterGroup] { try load(names) }

  /// The groups of these names, each once, in the order given.
  ///
  /// A name with a slash in it or with `.toml` at its end is the path of a file, anything else one of `names`. Throws
  /// `SuiteError` where a name means nothing, or a file is wrong.
  public static func load(_ names: [String]) throws -> [CounterGroup] {
    var groups: [CounterGroup] = []
    for name in names {
      let group = try load(name)
      if let other = groups.first(where: { $0.name == group.name }) {
        guard other == group else {
          throw SuiteError(
            path: nil, line: nil, key: "counters",
            message: "\"\(name)\" is a second group of the name \"\(group.name)\"; give it a name of its own")
        }
        continue
      }
      groups.append(group)
    }
    return groups
  }

  private static func load(_ name: String) throws -> CounterGroup {
    if name.contains("/") || name.hasSuffix(".toml") { return try CounterGroupDecoder.read(path: name) }
    guard let text = texts.first(where: { $0.name == name })?.text else {
      throw SuiteError(
        path: nil, line: nil, key: "counters",
        message: "there is no group of counters \"\(name)\"" + NearestName.suggestion(for: name, in: names)
          + "; a path to a file needs a slash or .toml")
    }
    return try CounterGroupDecoder.decode(
      text: String(decoding: text, as: UTF8.self), path: "Suites/counters/\(name).toml")
  }

  private static let texts: [(name: String, text: [UInt8])] = [
    ("ipc", PackageResources.ipc_toml), ("cache", PackageResources.cache_toml),
    ("memory-bandwidth", PackageResources.memory_bandwidth_toml), ("branches", PackageResources.branches_toml),
    ("tlb", PackageResources.tlb_toml), ("simd", PackageResources.simd_toml),
  ]
}
