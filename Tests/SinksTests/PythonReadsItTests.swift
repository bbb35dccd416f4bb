import Foundation
import Records
import Sinks
import Testing

/// What others read must be read by others: Python's own CSV reader and SQLite.
@Suite(.enabled(if: Python.path != nil, "python3 is not installed"))
struct PythonReadsItTests {
  @Test func csvHasARowPerRepetitionAndLosesNothing() throws {
    var record = try fixture()
    record.suite.name = "a \"quoted\", name\nof two lines"
    record.cells[0].samples[0].metrics["from_the_future"] = 0.1
    let rows = try Python.run(
      "import csv, json, sys; print(json.dumps(list(csv.DictReader(sys.stdin.read().splitlines(keepends=True)))))",
      CSVSink().render([record]))
    let table = try #require(rows as? [[String: String]])
    #expect(table.count == 11)
    #expect(table.allSatisfy { $0["suite"] == record.suite.name })
    #expect(table[0]["from_the_future"] == "0.1" && table[1]["from_the_future"] == "")
    let samples = record.cells.flatMap(\.samples)
    for (row, sample) in zip(table, samples) {
      for (name, value) in sample.metrics { #expect(row[name].flatMap { Double($0) } == value) }
      for (name, half) in sample.halfWidths ?? [:] { #expect(row["half_width_\(name)"].flatMap { Double($0) } == half) }
      #expect(row["iterations"] == String(sample.iterations))
      if sample.metrics["energy_package_j"] == nil { #expect(row["energy_package_j"] == "") }
    }
    #expect(table[10]["outcome"] == "skipped" && table[10]["time_wall_ns"] == "" && table[10]["repetition"] == "")
    #expect(table[10]["reason"] == "needs 24.2 GiB, 13.1 GiB available")
  }

  @Test func aQuoteUnderACombiningMarkEndsNoText() throws {
    var record = try fixture()
    record.suite.name = "it'\u{301}s \"\u{301}, \0\u{301}"
    let script = """
      import json, sqlite3, sys
      db = sqlite3.connect(":memory:")
      db.executescript(sys.stdin.read())
      print(json.dumps([db.execute("select distinct suite from tern_sample").fetchone()[0]]))
      """
    #expect(try Python.run(script, SQLSink().render([record])) as? [String] == [record.suite.name])
    record.suite.name = "it'\u{301}s \"\u{301},"
    let rows = try Python.run(
      "import csv, json, sys; print(json.dumps([r['suite'] for r in csv.DictReader(sys.stdin)]))",
      CSVSink().render([record]))
    #expect(Set(try #require(rows as? [String])) == [record.suite.name])
  }

  @Test func sqlFillsADatabaseTwice() throws {
    var record = try fixture()
    record.suite.name = "Robert'); DROP TABLE tern_sample;--"
    record.machine.name = "nul\0byte"
    record.cells[1].model?.seed = .max
    record.cells[0].samples[1].metrics["from_the_future"] = 0.1
    let script = """
      import json, sqlite3, sys
      db = sqlite3.connect(":memory:")
      sql = sys.stdin.read()
      db.executescript(sql); db.executescript(sql)
      print(json.dumps([
        db.execute("select count(*), count(repetition), count(time_wall_ns) from tern_sample").fetchone(),
        db.execute("select distinct suite, machine from tern_sample").fetchall(),
        db.execute('select model_seed, typeof(threads), typeof(time_wall_ns) from tern_sample where "case" = "decode"').fetchone(),
        db.execute("select sum(time_wall_ns) from tern_sample").fetchone(),
        db.execute("select value, repetition from tern_extra where name = 'fact_memory_weights_bytes'").fetchall(),
        db.execute("select repetition from tern_extra where name = 'from_the_future'").fetchall(),
      ]))
      """
    let rows = try #require(try Python.run(script, SQLSink().render([record])) as? [[Any]])
    #expect(rows[0] as? [Int] == [22, 18, 18])
    #expect(rows[1] as? [[String]] == [[record.suite.name, record.machine.name]])
    #expect(rows[2] as? [String] == ["18446744073709551615", "integer", "real"])
    let total = record.cells.flatMap { $0.values(of: "time_wall_ns") }.reduce(0, +)
    #expect(rows[3] as? [Double] == [2 * total])
    let sizes = try #require(rows[4] as? [[Any]])
    // Two models, twice.
    #expect(sizes.count == 4 && sizes.allSatisfy { $0[1] is NSNull } && sizes[0][0] as? Double == 1_177_681_920)
    #expect(rows[5] as? [[Int]] == [[1], [1]])
  }
}

/// A Python to check with, where there is one.
enum Python {
  static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/python3" }.first(where: FileManager.default.isExecutableFile)

  /// Whether it has a package, which then is the one to check with.
  static func has(_ package: String) -> Bool {
    guard path != nil else { return false }
    let script = "import importlib.util, json; print(json.dumps([importlib.util.find_spec('\(package)') is not None]))"
    return (try? run(script, Data())) as? [Bool] == [true]
  }

  /// Runs a script with bytes on its standard input; gives the JSON that it prints.
  static func run(_ script: String, _ input: Data) throws -> Any {
    let process = Process()
    let (stdin, stdout) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: try #require(path))
    process.arguments = ["-c", script]
    process.standardInput = stdin
    process.standardOutput = stdout
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: input)
    try stdin.fileHandleForWriting.close()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return try JSONSerialization.jsonObject(with: output)
  }
}
