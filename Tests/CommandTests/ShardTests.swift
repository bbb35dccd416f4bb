import Foundation
import Testing

@Suite struct ShardTests {
  /// Two kernels, two thread counts, two phases: eight cells of one small model.
  private func run(_ scratch: Scratch, _ suite: String, shard: String) throws -> Binary.Result {
    try Binary.run("run", suite, "--shard", shard, "-o", scratch.path("parts"))
  }

  private func json(_ path: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
  }

  private func cells(_ record: [String: Any]) throws -> [String] {
    try #require(record["cells"] as? [[String: Any]]).compactMap { $0["id"] as? String }
  }

  @Test("a dry run of every shard shows every cell once")
  func dryRunsArePartition() throws {
    let scratch = try Scratch()
    let suite = try scratch.write("tiny.toml", RunTests.tiny)
    func ids(_ arguments: String...) throws -> [String] {
      let result = try Binary.run(["run", suite, "--dry-run"] + arguments, in: Binary.root, environment: [:])
      #expect(result.status == 0, "\(result.err)")
      return result.out.split(separator: "\n").filter { $0.hasPrefix("paper-125m/") }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
    }
    let whole = try ids()
    let shards = try (1...4).map { try ids("--shard", "\($0)/4") }
    #expect(whole.count == 8 && shards.flatMap { $0 }.sorted() == whole.sorted())
    for shard in shards { #expect(shard == whole.filter(shard.contains), "in the suite's order") }
    let dry = try Binary.run("run", suite, "--dry-run", "--shard", "2/4").out
    #expect(dry.contains("shard 2/4 of 8 cells"))
  }

  @Test("shards merge to the whole suite in its order, and what is missing is named")
  func shardsMerge() throws {
    let scratch = try Scratch()
    let suite = try scratch.write("tiny.toml", RunTests.tiny)
    for index in 1...2 {
      let result = try run(scratch, suite, shard: "\(index)/3")
      #expect(result.status == 0 && result.err.contains("shard \(index)/3: "), "\(result.err)")
    }
    let partial = try Binary.run("merge", scratch.path("parts"), "-o", scratch.path("partial.json"))
    #expect(partial.status == 0 && partial.err.contains("W-shards  missing shards: 3/3"), "\(partial.err)")
    #expect(partial.out.isEmpty)

    #expect(try run(scratch, suite, shard: "3/3").status == 0)
    let whole = try Binary.run("merge", scratch.path("parts"), "-o", scratch.path("whole.json"))
    #expect(whole.status == 0 && whole.err.contains("3 records, 8 cells") && !whole.err.contains("missing"))
    let dry = try Binary.run("run", suite, "--dry-run").out
    let order = dry.split(separator: "\n").filter { $0.hasPrefix("paper-125m/") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    let merged = try json(scratch.path("whole.json"))
    let ids = try cells(merged)
    #expect(ids == order)
    #expect((merged["parts"] as? [[String: Any]])?.compactMap { $0["shard"] as? String } == ["1/3", "2/3", "3/3"])

    // The missing part joins what was merged before, and every reader takes the result.
    let last = try #require(scratch.files(under: "parts").first { $0.contains("-3of3") })
    let both = try Binary.run("merge", scratch.path("partial.json"), scratch.path("parts/\(last)"), "-o", "-")
    #expect(both.status == 0)
    let joined = try cells(try #require(try both.json() as? [String: Any]))
    #expect(joined == order)
    #expect(try Binary.run("show", scratch.path("whole.json")).out.contains("tg4"))
    #expect(try Binary.run("show", scratch.path("partial.json")).out.contains("Shard 1, 2 of 3: "))
    #expect(try Binary.run("report", scratch.path("whole.json"), "-o", scratch.path("page.html")).status == 0)

    try resumed(scratch, suite, part: scratch.path("parts/\(last)"))
    try mistakes(scratch, parts: scratch.files(under: "parts").filter { $0.contains("of3") })
  }

  /// An interrupted shard is finished without being told which it was; a merged record is not.
  private func resumed(_ scratch: Scratch, _ suite: String, part: String) throws {
    for (source, status) in [(part, Int32(0)), (scratch.path("whole.json"), 1)] {
      let text = try String(contentsOfFile: source, encoding: .utf8)
      let path = try scratch.write(
        "stopped.json",
        text.replacingOccurrences(of: "\"status\" : \"complete\"", with: "\"status\" : \"interrupted\""))
      let result = try Binary.run("run", "--resume", path)
      #expect(result.status == status, "\(result.err)")
      #expect(result.err.contains("was merged") == (status == 1))
      if status == 0 {
        let (after, before) = (try cells(try json(path)), try cells(try json(source)))
        #expect(after == before)
      }
    }
  }

  /// What cannot be merged is refused by name and leaves no file.
  private func mistakes(_ scratch: Scratch, parts: [String]) throws {
    let first = scratch.path("parts/\(parts[0])")
    let text = try String(contentsOfFile: first, encoding: .utf8)
    let name = try #require((try json(first)["machine"] as? [String: Any])?["name"] as? String)
    let other = try scratch.write("other.json", text.replacingOccurrences(of: "\"\(name)\"", with: "\"other-9999\""))
    let newer = try scratch.write(
      "newer.json", text.replacingOccurrences(of: "\"schema\" : 2", with: "\"schema\" : 99"))
    let cut = try scratch.write("cut.json", String(text.prefix(text.count / 2)))
    let suite = try scratch.write(
      "suite.json", text.replacingOccurrences(of: "\"name\" : \"tiny\"", with: "\"name\" : \"huge\""))
    for (files, message) in [
      ([first, first], "is in \(first) and in \(first)"), ([first, other], "machines are not mixed"),
      ([newer], "schema 99"), ([cut], "not a complete JSON document"), ([first, suite], "\"huge\""),
      ([scratch.path("nothing.json")], "cannot read the record"), ([scratch.path("parts/nothing")], "cannot read"),
    ] {
      let result = try Binary.run(
        ["merge"] + files + ["-o", scratch.path("bad.json")], in: scratch.url, environment: [:])
      #expect(result.status == 1 && result.err.contains(message), "\(message): \(result.err)")
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path("bad.json")))
    let over = try Binary.run("merge", first, "-o", first)
    #expect(over.status == 1 && over.err.contains("is one of the records"))

    // Machines stay apart in a folder.
    let last = scratch.path("parts/\(parts[1])")
    let apart = try Binary.run("merge", other, last, "-o", scratch.path("fleet") + "/")
    #expect(apart.status == 0 && apart.err.contains("tern report"), "\(apart.err)")
    #expect(scratch.files(under: "fleet").filter { $0.hasSuffix("machine.json") }.count == 2)
  }

  @Test("an empty shard is a valid run that says so")
  func emptyShard() throws {
    let scratch = try Scratch()
    let suite = try scratch.write(
      "one.toml",
      """
      schema = 1
      name = "one"
      [[case]]
      name = "matrix"
      shapes = ["64x64"]
      kernels = ["simd"]
      threads = [1]
      phases = ["gemv"]
      repetitions = 1
      min_time_seconds = 0
      """)
    let results = try (1...2).map { try run(scratch, suite, shard: "\($0)/2") }
    #expect(results.allSatisfy { $0.status == 0 })
    #expect(results.filter { $0.err.contains("has none of the suite's 1 cells") }.count == 1)
    let records = scratch.files(under: "parts").filter { $0.contains("of2") }
    #expect(records.count == 2)
    let paths = records.map { scratch.path("parts/\($0)") }
    let merged = try Binary.run(
      ["merge"] + paths + ["-o", scratch.path("all.json")], in: scratch.url, environment: [:])
    #expect(merged.status == 0 && merged.err.contains("2 records, 1 cells"), "\(merged.err)")
    for path in paths {
      #expect(try Binary.run("show", path).status == 0)
      #expect(try Binary.run("report", path, "-o", scratch.path("page.html")).status == 0)
      #expect(try Binary.run("export", path, "-f", "junit").out.contains("</testsuites>"))
    }
  }

  @Test("bench divides its cells too")
  func benchHasShards() throws {
    let arguments = [
      "bench", "--shape", "64x64,64x128", "-t", "1", "-r", "1", "--min-time", "0", "--no-warmup", "-o", "csv",
    ]
    func cells(_ more: [String]) throws -> Set<Substring> {
      let result = try Binary.run(arguments + more, in: Binary.root, environment: [:])
      #expect(result.status == 0, "\(result.err)")
      return Set(
        result.out.split(separator: "\n").dropFirst().map {
          $0.split(separator: ",", omittingEmptySubsequences: false)[7]
        })
    }
    let (one, two) = (try cells(["--shard", "1/2"]), try cells(["--shard", "2/2"]))
    let all = try cells([])
    #expect(one.isDisjoint(with: two) && one.union(two) == all && all.count == 4)
  }

  @Test("a shard that does not exist is refused with those that do", arguments: ["0/3", "4/3", "x/y", "3", "1/0"])
  func noSuchShard(shard: String) throws {
    let result = try Binary.run("run", "smoke", "--dry-run", "--shard", shard)
    #expect(result.status == 64 && result.out.isEmpty)
    #expect(result.err.contains(shard == "0/3" ? "numbered from 1/3 to 3/3" : "shard"), "\(result.err)")
  }
}
