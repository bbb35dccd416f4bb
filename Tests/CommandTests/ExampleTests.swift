import Foundation
import Testing

/// The files of Examples/ are copied as they stand: what can be checked without the systems that they are for is.
@Suite struct ExampleTests {
  static let folder = Binary.root.appendingPathComponent("Examples")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  static let yaml = names.filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
  }

  @Test("lines of YAML are comments, keys, items or text of a block", arguments: yaml)
  func structure(name: String) throws {
    var blockIndent: Int?
    for (number, line) in try text(name).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let place = "\(name):\(number + 1)"
      #expect(!line.contains("\t") && !line.hasSuffix(" "), "\(place): a tab, or a space at the end")
      let content = line.drop { $0 == " " }
      guard !content.isEmpty else { continue }
      let indent = line.count - content.count
      if let block = blockIndent, indent > block { continue }
      blockIndent = content.hasSuffix("|") ? indent : nil
      #expect(indent % 2 == 0, "\(place): an odd indentation")
      let isKey = content.wholeMatch(of: /(- )*[A-Za-z][\w.\/-]*:( .*)?/) != nil
      #expect(isKey || content.hasPrefix("#") || content.hasPrefix("- "), "\(place): \(content)")
    }
  }

  @Test(
    "a parser of YAML reads every file",
    .enabled(if: Interpreter.python != nil, "python3 with PyYAML is not installed"),
    arguments: yaml)
  func parses(name: String) throws {
    let script = "import sys, yaml; assert isinstance(yaml.safe_load(open(sys.argv[1])), dict)"
    let path = Self.folder.appendingPathComponent(name).path
    #expect(try Interpreter.status(of: try #require(Interpreter.python), ["-c", script, path]) == 0)
  }

  @Test(
    "a shell reads every script", .enabled(if: Interpreter.bash != nil, "bash is not installed"), arguments: names)
  func scripts(name: String) throws {
    let scratch = try Scratch()
    let scripts = name.hasSuffix(".sh") ? [try text(name)] : Self.scripts(in: try text(name))
    #expect(!scripts.isEmpty)
    for script in scripts {
      // GitHub puts text in place of its expressions before any shell sees them.
      let plain = script.replacing(/\$\{\{[^}]*\}\}/, with: "1")
      let path = try scratch.write("script", plain)
      #expect(try Interpreter.status(of: try #require(Interpreter.bash), ["-n", path]) == 0, "\(script)")
    }
  }

  @Test("every command and flag is one that tern has", arguments: names)
  func commandsExist(name: String) throws {
    let joined = try text(name).replacing(/\\\n\s*/, with: " ")
    let calls = joined.matches(of: /(?:\btern|\$\{TERN:-tern\}"?) (?<command>[a-z]+) (?<rest>[^\n]*)/)
    #expect(!calls.isEmpty)
    let known = try Binary.run("--help").out
    for call in calls {
      let command = String(call.output.command)
      #expect(known.contains("\n  \(command) "), "\(name): tern \(command)")
      let help = try Binary.run(command, "--help").out
      for flag in call.output.rest.matches(of: /(?:^|\s)(?<flag>--?[a-z][a-z-]*)/) {
        let flag = String(flag.output.flag)
        #expect(help.contains(flag), "\(name): tern \(command) has no \(flag)")
      }
    }
  }

  @Test("the script of a Slurm array numbers shards by the task, also when one is run again")
  func slurmNumbers() throws {
    let script = Self.folder.appendingPathComponent("slurm-array.sh").path
    let array = "export TERN=echo SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_MAX=8 SLURM_ARRAY_TASK_ID=3; "
    let first = try Binary.shell("\(array) bash '\(script)' s.toml")
    #expect(first.out == "run s.toml --shard 3/8 -o parts-7\n", "\(first.err)")
    let again = try Binary.shell("\(array) SLURM_ARRAY_TASK_MAX=3 SHARDS=8 PARTS=p bash '\(script)' s.toml")
    #expect(again.out == "run s.toml --shard 3/8 -o p\n")
    #expect(try Binary.shell("\(array) bash '\(script)'").status != 0)
  }

  @Test("the articles name every example, and every file that they name is there")
  func articles() throws {
    let folder = Binary.root.appendingPathComponent("Sources/tern/Documentation.docc")
    let texts = try ["Fleets.md", "ContinuousIntegration.md"].map {
      try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
    }.joined()
    let named = Set(texts.matches(of: /Examples\/(?<name>[\w.-]+\.\w+)/).map { String($0.output.name) })
    #expect(named == Set(Self.names))
  }

  /// The shell parts: what follows run:, and the items of script lists and of blocks.
  private static func scripts(in yaml: String) -> [String] {
    var scripts: [String] = []
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var isList = false
    for (index, line) in lines.enumerated() {
      let content = line.drop { $0 == " " }
      let indent = line.count - content.count
      if content.hasPrefix("script:") || content.hasPrefix("before_script:") || content.hasPrefix("args:") {
        isList = true
      } else if isList, content.hasPrefix("- ") {
        if !content.hasSuffix("|") { scripts.append(String(content.dropFirst(2))) }
      } else if !content.isEmpty, content.wholeMatch(of: /[a-z_]+:.*/) != nil {
        isList = false
      }
      let isRun = content.hasPrefix("run:") || content.hasPrefix("- run:")
      if (isRun || isList) && content.hasSuffix("|") {
        let block = lines[(index + 1)...].prefix {
          $0.allSatisfy { $0 == " " } || $0.prefix { $0 == " " }.count > indent
        }
        scripts.append(block.joined(separator: "\n"))
      } else if isRun, let start = content.range(of: "run: ") {
        scripts.append(String(content[start.upperBound...]))
      }
    }
    return scripts
  }
}

/// Programs that are not ours and check what is.
enum Interpreter {
  static let bash = path("bash")
  /// Only one that has PyYAML.
  static let python = path("python3").flatMap { path in
    (try? status(of: path, ["-c", "import yaml"])) == 0 ? path : nil
  }

  static func status(of path: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private static func path(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first(where: FileManager.default.isExecutableFile)
  }
}
