import Foundation
import Records
import Testing

@testable import Sinks

@Suite struct OpenMetricsTests {
  /// A point as a scraper reads it.
  struct Point {
    var name: String
    var labels: [String: String]
    var value: Double
    var time: String
  }

  /// The grammar of OpenMetrics 1.0, as far as a sink may use it; a line that is outside of it is an issue.
  static func parse(_ data: Data) throws -> (points: [Point], heads: [String]) {
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.unicodeScalars.suffix(7).elementsEqual("\n# EOF\n".unicodeScalars) || text == "# EOF\n")
    var points: [Point] = []
    var heads: [String] = []
    // Lines by the scalar: a carriage return before it would hide it in one character.
    for line in text.unicodeScalars.split(separator: "\n").map({ String($0) }) where line != "# EOF" {
      if line.hasPrefix("# ") { heads.append(line) } else { points.append(try point(Array(line.unicodeScalars))) }
    }
    return (points, heads)
  }

  private static func point(_ line: [Unicode.Scalar]) throws -> Point {
    var rest = line[...]
    func take(while isWanted: (Unicode.Scalar) -> Bool) -> String {
      let taken = rest.prefix(while: isWanted)
      rest = rest.dropFirst(taken.count)
      return taken.reduce(into: "") { $0.unicodeScalars.append($1) }
    }
    func isName(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }
    let name = take(while: isName)
    #expect(rest.first == "{")
    var labels: [String: String] = [:]
    repeat {
      rest = rest.dropFirst()
      let label = take(while: isName)
      try #require(!label.isEmpty && rest.prefix(2).elementsEqual(["=", "\""]))
      rest = rest.dropFirst(2)
      var value = ""
      while let next = rest.popFirst(), next != "\"" {
        guard next == "\\" else {
          value.unicodeScalars.append(next)
          continue
        }
        let after = rest.popFirst()
        let escaped = try #require(after)
        value.unicodeScalars.append(try #require(["n": "\n", "\\": "\\", "\"": "\""][escaped] as Unicode.Scalar?))
      }
      #expect(labels.updateValue(value, forKey: label) == nil, "\(label) twice")
    } while rest.first == ","
    try #require(rest.prefix(2).elementsEqual(["}", " "]))
    let numbers = String(String.UnicodeScalarView(rest.dropFirst(2))).split(
      separator: " ", omittingEmptySubsequences: false)
    try #require(numbers.count == 2)
    #expect(Double(numbers[1]) != nil)
    let value = try #require(Double(numbers[0]))
    #expect(value.isFinite)
    return Point(name: name, labels: labels, value: value, time: String(numbers[1]))
  }

  @Test func familiesAreWholeAndUnitsEndTheirNames() throws {
    var second = try fixture()
    second.id = "second"
    let (points, heads) = try Self.parse(OpenMetricsSink().render([try fixture(), second]))
    var runs: [String] = []
    for point in points where runs.last != point.name { runs.append(point.name) }
    #expect(Set(runs).count == runs.count, "points of one family stand together")
    for head in heads where head.hasPrefix("# UNIT ") {
      let words = head.split(separator: " ")
      #expect(words[2].hasSuffix("_\(words[3])"))
    }
    let types = heads.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    #expect(Set(types).count == types.count)
    let keys = points.map { "\($0.name) \($0.labels.sorted { $0.key < $1.key })" }
    #expect(Set(keys).count == keys.count, "no point has the labels of another")
  }

  @Test func valuesAreInBaseUnitsAndFailedCellsHaveNone() throws {
    let record = try fixture()
    let (points, _) = try Self.parse(OpenMetricsSink().render([record]))
    let times = points.filter { $0.name == "tern_time_wall_seconds" }
    let usable = record.cells.filter { $0.outcome == .ok }
    #expect(times.map(\.value) == usable.flatMap { $0.values(of: "time_wall_ns").map { $0 / 1e9 } })
    #expect(times[0].time == "1795216809.12" && times[0].labels["repetition"] == "0")
    #expect(times[0].labels["cell"] == "machine/t2/pinned/probe:read" && times[0].labels["vetoed"] == "false")
    let outcomes = points.filter { $0.name == "tern_cell_outcome" && $0.value == 1 }
    #expect(outcomes.map { $0.labels["tern_cell_outcome"] } == record.cells.map(\.outcome.state))
    #expect(points.contains { $0.name == "tern_energy_package_joules_per_token" })
  }

  @Test func aRecordGivenTwiceIsWrittenOnce() throws {
    let sink = OpenMetricsSink()
    #expect(try sink.render([try fixture(), try fixture()]) == sink.render([try fixture()]))
  }

  @Test func hostileNamesComeBackWhole() throws {
    var hostile = Hostile(seed: 1)
    for _ in 0..<50 {
      var record = try fixture()
      let (suite, cell, machine, metric) = (hostile.text(), hostile.text(), hostile.text(), hostile.text())
      record.suite.name = suite
      record.machine.name = machine
      record.cells[0].id = cell
      record.cells[0].samples[0].metrics = [metric: 1, "": 2, "not_finite": .nan, "nor_this": .infinity]
      record.cells = [record.cells[0]]
      let (points, _) = try Self.parse(OpenMetricsSink().render([record]))
      #expect(points[0].name == "tern_run_info")
      #expect(points.allSatisfy { Array(($0.labels["machine"] ?? "").utf8) == Array(machine.utf8) })
      #expect(points.dropFirst().allSatisfy { Array(($0.labels["cell"] ?? "").utf8) == Array(cell.utf8) })
      #expect(points.allSatisfy { Array(($0.labels["suite"] ?? "").utf8) == Array(suite.utf8) })
      #expect(points.filter { $0.labels["repetition"] == "0" }.map(\.value).sorted() == [1, 2])
    }
  }

  @Test(arguments: [
    ("time_wall_ns", "tern_time_wall_seconds", "seconds", 1e9),
    ("energy_package_j", "tern_energy_package_joules", "joules", 1),
    ("energy_package_net_j_per_token", "tern_energy_package_net_joules_per_token", "joules_per_token", 1),
    ("power_dram_w", "tern_power_dram_watts", "watts", 1), ("frequency_hz", "tern_frequency_hertz", "hertz", 1),
    ("rate_tokens_per_s", "tern_rate_tokens_per_second", "tokens_per_second", 1),
    ("time_wall_ns_per_token", "tern_time_wall_seconds_per_token", "seconds_per_token", 1e9),
    ("proxy_weight_bytes_per_token", "tern_proxy_weight_bytes_per_token", "bytes_per_token", 1),
    ("rate_tokens_per_kwh", "tern_rate_tokens_per_kilowatt_hour", "tokens_per_kilowatt_hour", 1),
    ("energy_delay_package_js", "tern_energy_delay_package_joule_seconds", "joule_seconds", 1),
    ("memory_peak_rss_bytes", "tern_memory_peak_rss_bytes", "bytes", 1),
    ("page_faults_minor", "tern_page_faults_minor", nil, 1), ("a-b c", "tern_a_u2d_b_u20_c", nil, 1),
  ])
  func unitsAreSpelledOut(metric: String, name: String, unit: String?, divisor: Double) {
    let family = MetricFamily(metric)
    #expect(family.name == name && family.unit == unit && family.divisor == divisor)
  }

  @Test func everyMetricOfTheSchemaHasAFamilyOfItsOwn() {
    let names = Metric.all.map { MetricFamily($0.name).name }
    #expect(Set(names).count == names.count)
    for metric in Metric.all where ["ns", "J", "W", "B", "Hz", "J/token"].contains(metric.unit) {
      #expect(MetricFamily(metric.name).unit != nil, "\(metric.name)")
    }
  }
}

/// The parser of Prometheus' own Python client, where it is installed.
@Suite(.enabled(if: Python.has("prometheus_client"), "the Python package prometheus_client is not installed"))
struct OpenMetricsClientTests {
  @Test func theClientReadsEveryPoint() throws {
    var record = try fixture()
    record.suite.name = "a \"b\" \\ \n c"
    let script = """
      import json, sys
      from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
      families = list(parse(sys.stdin.read()))
      print(json.dumps([[f.name, f.type, f.unit, len(f.samples)] for f in families]))
      """
    let families = try #require(try Python.run(script, OpenMetricsSink().render([record])) as? [[Any]])
    #expect(families.first?[0] as? String == "tern_run" && families.first?[1] as? String == "info")
    let times = try #require(families.first { $0[0] as? String == "tern_time_wall_seconds" })
    #expect(times[1] as? String == "gauge" && times[2] as? String == "seconds")
    let count = record.cells.filter { $0.outcome == .ok }.flatMap(\.samples).count
    #expect(times[3] as? Int == count)
  }
}
