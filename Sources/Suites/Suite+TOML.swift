extension Suite {
  /// The suite as TOML that decodes to an equal suite: what a record of `tern bench` embeds.
  ///
  /// Every parameter is spelt out in its case, so that the text means the same when defaults change.
  public var toml: String {
    var lines = ["schema = \(Suite.currentSchema)", "name = \(Self.quoted(name))"]
    if let question { lines.append("question = \(Self.quoted(question))") }
    if let analysis { lines.append("analysis = \(Self.quoted(analysis))") }
    lines += [
      "", "[defaults]", "order = \(Self.quoted(order.rawValue))", "seed = \(seed)", "meters = \(Self.list(meters))",
      "counters = \(Self.list(counters))", "baseline_seconds = \(baselineSeconds)",
      "kv = \(Self.quoted(cacheFormat))",
    ]
    for program in programs { lines += [""] + Self.lines(of: program) }
    for suiteCase in cases { lines += [""] + Self.lines(of: suiteCase) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(of suiteCase: SuiteCase) -> [String] {
    var lines = ["[[case]]", "name = \(quoted(suiteCase.name))"]
    if !suiteCase.models.isEmpty { lines.append("models = \(list(suiteCase.models))") }
    if !suiteCase.shapes.isEmpty { lines.append("shapes = \(list(suiteCase.shapes))") }
    if !suiteCase.kernels.isEmpty { lines.append("kernels = \(list(suiteCase.kernels))") }
    if !suiteCase.programs.isEmpty { lines.append("programs = \(list(suiteCase.programs))") }
    lines += [
      "threads = \(list(suiteCase.threads))",
      "placements = \(list(suiteCase.placements))",
      "phases = \(list(suiteCase.phases))",
      "repetitions = \(suiteCase.repetitions)",
      "min_time_seconds = \(suiteCase.minTimeSeconds)",
      "warmup = \(suiteCase.warmup)",
      "cooldown_seconds = \(suiteCase.cooldownSeconds)",
    ]
    if let digest = suiteCase.expectTokensSHA256 {
      lines.append("expect = { tokens_sha256 = \(quoted(digest)) }")
    }
    return lines
  }

  private static func lines(of program: SuiteProgram) -> [String] {
    var lines = ["[[program]]", "name = \(quoted(program.name))", "kind = \(quoted(program.kind.rawValue))"]
    let strings = [
      ("path", program.path), ("model", program.model), ("rate", program.rate), ("time", program.time),
      ("begins", program.begins), ("shape", program.shape), ("head", program.head),
    ]
    lines += strings.compactMap { key, text in text.map { "\(key) = \(quoted($0))" } }
    if !program.arguments.isEmpty { lines.append("args = \(list(program.arguments))") }
    if !program.command.isEmpty { lines.append("command = \(list(program.command))") }
    if program.time != nil { lines.append("time_unit = \(quoted(program.timeUnit.rawValue))") }
    return lines + ["timeout_seconds = \(program.timeoutSeconds)"]
  }

  private static func list(_ items: [String]) -> String {
    "[" + items.map(quoted).joined(separator: ", ") + "]"
  }

  /// A basic string of TOML: quotes, backslashes and control characters are escaped.
  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"": return "\\\""
      case "\\": return "\\\\"
      case "\n": return "\\n"
      case "\t": return "\\t"
      case let scalar where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: return String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
