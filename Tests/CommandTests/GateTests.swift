import Foundation
import Testing

/// Gates of the built binary against itself, against scripts that go wrong, and against revisions of made-up repositories.
@Suite struct GateTests {
  /// Windows of microseconds: nothing can be decided by them, and all of it happens.
  static let tiny = """
    schema = 1
    name = "tiny"
    [defaults]
    threads = 1
    placements = ["free"]
    meters = ["time"]
    [[case]]
    name = "one"
    shapes = ["256x512"]
    kernels = ["naive"]
    phases = ["gemv"]
    iterations = 2
    warmup = 0
    """

  /// A program that does what the binary does, but for `fault` in place of a run that measures.
  private static func fake(_ fault: String) -> String {
    """
    cat > fake <<'END'
    #!/bin/sh
    case "$*" in
      --version | *--dry-run*) exec "$TERN" "$@" ;;
    esac
    \(fault)
    END
    chmod +x fake
    """
  }

  private static func gate(_ preparation: String, _ arguments: String) throws -> Binary.Result {
    try Binary.shell("cat > tiny.toml <<'END'\n\(tiny)\nEND\n\(preparation)\nexec \"$TERN\" gate \(arguments)")
  }

  @Test("a binary against itself: blocks of four processes, the same iterations, a result that can be read back")
  func sameBinary() throws {
    let scratch = try Scratch()
    let suite = try scratch.write("tiny.toml", Self.tiny)
    let path = scratch.path("gate.json")
    let result = try Binary.run(
      "gate", suite, "--base", Binary.path, "--metrics", "time", "--looks", "8", "-o", path)
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("256x512/naive@portable/t1/free/gemv"))
    for line in result.out.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }

    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let record = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(record["status"] as? String == "complete")
    #expect((record["iterations"] as? [String: Int])?.values.first == 2)
    let verdicts = try #require(record["verdicts"] as? [[String: Any]])
    #expect(verdicts.compactMap { $0["metric"] as? String } == ["time_wall_ns_per_token"])
    let blocks = try #require(verdicts.first?["blocks"] as? [[String: Any]])
    #expect(blocks.count >= 8)
    for block in blocks {
      #expect((block["base"] as? [Double])?.count == 2 && (block["head"] as? [Double])?.count == 2)
    }
    let sides = ["base", "head"].compactMap { (record[$0] as? [String: Any])?["binary_sha256"] as? String }
    #expect(sides.count == 2 && sides[0] == sides[1])
  }

  @Test("annotations, the job's summary behind what stands there, and JUnit's XML")
  func whatContinuousIntegrationReads() throws {
    let result = try Binary.shell(
      """
      cat > tiny.toml <<'END'
      \(Self.tiny)
      END
      cat > crash <<'END'
      #!/bin/sh
      case "$*" in
        --version | *--dry-run*) exec "$TERN" "$@" ;;
      esac
      exit 9
      END
      chmod +x crash
      echo earlier > summary.md
      export GITHUB_STEP_SUMMARY=summary.md
      "$TERN" gate ./tiny.toml --base ./crash --metrics time --looks 8 --github --junit gate.xml --export md:gate.md
      echo "status $?"
      cat summary.md gate.xml
      tail -n +2 summary.md | cmp - gate.md && echo same
      """)
    #expect(result.out.contains("status 3"), "\(result.err)")
    #expect(result.out.contains("::warning file=./tiny.toml,title=INVALID"))
    #expect(result.out.contains("earlier\n"))
    #expect(result.out.contains("<testsuites") && result.out.contains("</testsuites>"))
    #expect(result.out.contains("same\n"))
  }

  @Test(
    "a side that goes wrong ends with 3 and the reason",
    arguments: [
      ("kill -SEGV $$", "signal 11"), ("echo 'error: broken' >&2; exit 7", "status 7: error: broken"),
      ("exec sleep 600", "its time was over"), ("exit 0", "wrote 0 records"),
      (#""$TERN" "$@"; sed -i 's/"got" : "[0-9a-f]*"/"got" : "0000"/' "$4"/*/*Z-gate*.json"#, "another output"),
      (#""$TERN" "$@"; sed -i 's/"iterations" : 2/"iterations" : 3/' "$4"/*/*Z-gate*.json"#, "does not honour"),
      (#""$TERN" "$@"; for f in "$4"/*/*Z-gate*.json; do head -c 100 "$f" > cut; mv cut "$f"; done"#, "cannot be read"),
    ])
  func failingSide(fault: String, words: String) throws {
    // Long enough for a busy machine, where the side that is well has to keep it too; short where it is waited for.
    let timeout = fault.contains("sleep") ? 30 : 120
    let result = try Self.gate(
      Self.fake(fault), "./tiny.toml --base \"$TERN\" --head ./fake --metrics time --timeout \(timeout) --looks 8")
    #expect(result.status == 3, "\(result.err)")
    #expect(result.err.contains("head") && result.err.contains(words), "\(result.err)")
    #expect(result.out.contains("invalid"))
  }

  @Test("what is no side of this gate is refused before anything is measured")
  func refusals() throws {
    func refused(_ preparation: String, _ arguments: String, status: Int32 = 1, _ words: String) throws {
      let result = try Self.gate(preparation, arguments)
      #expect(result.status == status && result.err.contains(words), "\(result.status) \(result.err)")
      #expect(result.out.isEmpty)
    }
    try refused("", "./tiny.toml --base ./missing", status: 5, "neither a binary nor a git revision")
    try refused("", "./tiny.toml --base missing", status: 5, "neither a binary nor a git revision")
    try refused("", "./tiny.toml --base \"$TERN\" --head ./missing", "neither a binary")
    try refused("cp /bin/true other", "./tiny.toml --base ./other", "is not tern")
    try refused("touch other", "./tiny.toml --base ./other", "permission")
    try refused("", "./tiny.toml --baseline missing", status: 5, "Results/baselines/missing.json")
    try refused("", "./missing.toml --base \"$TERN\"", "no suite")
    try refused("", "./tiny.toml --base \"$TERN\" --cpus 4095", "are not in this machine")
    try refused(
      Self.fake(#""$TERN" "$@"; sed -i 's/"host_hash" : "[0-9a-f]*"/"host_hash" : "0"/' "$4"/*/*Z-gate*.json"#),
      "./tiny.toml --base ./fake --metrics time", "both have to run here")
    let old = """
      cat > old <<'END'
      #!/bin/sh
      [ "$1" = --version ] && exec "$TERN" "$@"
      echo "tiny.toml:1: iterations: there is no such key" >&2; exit 1
      END
      chmod +x old
      """
    try refused(old, "./tiny.toml --base ./old", "the oldest revision that can be compared")
    try refused(
      "printf 'schema = 1\\nname = \"p\"\\n[[case]]\\nname = \"c\"\\nphases = [\"probe:int8\"]\\n' > p.toml",
      "./p.toml --base \"$TERN\"", "nothing of the suite p can be compared")
  }

  @Test(
    "flags that make no gate are usage errors",
    arguments: [
      "tiny.toml", "tiny.toml --base a --baseline b", "tiny.toml --base a --metrics speed",
      "tiny.toml --base a --looks 4",
      "tiny.toml --base a --looks 40,20", "tiny.toml --base a --margin time", "tiny.toml --base a --export pdf:x",
      "tiny.toml --baseline a --metrics time", "tiny.toml --base a --timeout 0",
    ])
  func usage(arguments: String) throws {
    let result = try Self.gate("", arguments)
    #expect(result.status == 64, "\(result.err)")
  }

  @Test("another program's cells are left out: neither build has anything to do with it")
  func programsAreLeftOut() throws {
    let program = """
      sed -i 's/^kernels/programs = ["other"]\\nkernels/' tiny.toml
      cat >> tiny.toml <<'END'
      [[program]]
      name = "other"
      kind = "command"
      command = ["echo", "12 t/s"]
      rate = "([0-9]+) t/s"
      END
      """
    let result = try Self.gate(program, "./tiny.toml --base \"$TERN\" --metrics time --looks 8")
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("other is the same on both sides"), "\(result.out)")
  }

  @Test("what only one side can run is left out by name")
  func leftOut() throws {
    let without = """
      cat > fake <<'END'
      #!/bin/sh
      case "$*" in
        --version) exec "$TERN" "$@" ;;
        *--dry-run*) grep -q '"naive@portable"' "$2" || { echo "no kernel of that name" >&2; exit 1; } ;;
      esac
      exec "$TERN" "$@"
      END
      chmod +x fake; sed -i 's/"naive"/"naive", "simd@portable"/' tiny.toml
      """
    let result = try Self.gate(without, "./tiny.toml --base ./fake --metrics time --looks 8")
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains("left out: 256x512/simd@portable/t1/free/gemv"), "\(result.out)")
    #expect(result.out.contains("no kernel of that name"))
  }

  @Test("an interrupted gate ends with 130 and keeps its blocks")
  func interruption() throws {
    let scratch = try Scratch()
    let suite = try scratch.write("tiny.toml", Self.tiny)
    let path = scratch.path("gate.json")
    let process = try Binary.start(
      ["gate", suite, "--base", Binary.path, "--metrics", "time", "--looks", "1000", "-o", path], in: scratch.url,
      environment: [:], scratch: scratch)
    let deadline = Date().addingTimeInterval(60)
    while process.isRunning, !scratch.text("err").contains("block 3"), Date() < deadline { usleep(20_000) }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let record = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any]
    #expect(record?["status"] as? String == "interrupted")
    let blocks = (record?["verdicts"] as? [[String: Any]])?.first?["blocks"] as? [Any]
    #expect(blocks?.isEmpty == false)
  }

  // MARK: - Revisions

  /// A repository whose `make build` is to give this binary.
  private static func repository(_ recipe: String) -> String {
    """
    mkdir repo && cd repo && git init --quiet . && git config user.name n && git config user.email e
    mkdir Suites && cp ../tiny.toml Suites/ && printf 'build:\\n\\t\(recipe)\\n' > Makefile && echo .build > .gitignore
    git add . && git commit --quiet --message one
    """
  }
  private static let works = "mkdir -p .build/release \\&\\& cp $$TERN .build/release/tern"
    .replacingOccurrences(of: "\\&", with: "&")

  @Test("a revision is built once, and its work tree is gone afterwards")
  func revision() throws {
    let result = try Self.gate(
      Self.repository(Self.works) + """

        "$TERN" gate tiny --base HEAD --metrics time --looks 8 -q > first 2>&1 || exit 9
        grep -q 'building HEAD' first || exit 8
        test "$(git worktree list | wc -l)" = 1 || exit 7
        """, "tiny --base HEAD --metrics time --looks 8 -q")
    #expect(result.status == 0, "\(result.err)")
    #expect(!result.err.contains("building"))
    #expect(result.out.contains("base  HEAD ("))
  }

  @Test("a revision that does not build is named with the lines at which it fails")
  func brokenRevision() throws {
    let result = try Self.gate(
      Self.repository("@echo compiling; echo a.swift:3: error: no such thing; exit 1"), "tiny --base HEAD")
    #expect(result.status == 1)
    #expect(result.err.contains("HEAD (") && result.err.contains("does not build"), "\(result.err)")
    #expect(result.err.contains("a.swift:3: error: no such thing") && !result.err.contains("compiling"))
    #expect(result.out.isEmpty)
  }

  @Test("a suite that is named and differs between the sides is refused before a build, and a path is used for both")
  func differingSuite() throws {
    let change = Self.repository(Self.works) + "\nsed -i 's/iterations = 2/iterations = 3/' Suites/tiny.toml"
    let refused = try Self.gate(change, "tiny --base HEAD")
    #expect(refused.status == 1 && refused.err.contains("write Suites/tiny.toml"), "\(refused.err)")
    #expect(!refused.err.contains("building"))
    let path = try Self.gate(change, "Suites/tiny.toml --base HEAD --metrics time --looks 8 -q")
    #expect(path.status == 0, "\(path.err)")
  }
}
