import Foundation
import Records
import Testing

@testable import Sinks

@Suite struct InfluxTests {
  /// A line as InfluxDB's own scanner takes it apart: a backslash takes the next byte with it.
  struct Line {
    var measurement: String
    var tags: [String: String]
    var fields: [String: String]
    var time: Int

    init(_ text: Substring) throws {
      // Quotes mean nothing before the first space.
      let series = try #require(Self.split(Array(text.utf8)[...], at: " ", quotes: false).first)
      let rest = Array(text.utf8)[series.endIndex...].dropFirst()
      let parts = [series] + Self.split(rest, at: " ", quotes: true)
      try #require(parts.count == 3, "\(text)")
      let keys = Self.split(series, at: ",", quotes: false)
      measurement = String(decoding: keys[0], as: UTF8.self)
      tags = try Self.pairs(keys.dropFirst(), quotes: false)
      fields = try Self.pairs(Self.split(parts[1], at: ",", quotes: true)[...], quotes: true)
      time = try #require(Int(String(decoding: parts[2], as: UTF8.self)))
    }

    private static func split(_ bytes: ArraySlice<UInt8>, at mark: Unicode.Scalar, quotes: Bool) -> [ArraySlice<UInt8>]
    {
      var parts: [ArraySlice<UInt8>] = []
      var (start, index, isQuoted) = (bytes.startIndex, bytes.startIndex, false)
      while index < bytes.endIndex {
        if bytes[index] == UInt8(ascii: "\\") {
          index += 2
          continue
        }
        if quotes, bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
        if !isQuoted, bytes[index] == UInt8(ascii: mark) {
          parts.append(bytes[start..<index])
          start = index + 1
        }
        index += 1
      }
      return parts + [bytes[start...]]
    }

    private static func pairs(_ parts: ArraySlice<ArraySlice<UInt8>>, quotes: Bool) throws -> [String: String] {
      var pairs: [String: String] = [:]
      for part in parts {
        let sides = split(part, at: "=", quotes: quotes)
        try #require(sides.count == 2 && !sides[0].isEmpty && !sides[1].isEmpty)
        let text = sides.map { String(decoding: $0, as: UTF8.self) }
        #expect(pairs.updateValue(text[1], forKey: text[0]) == nil, "\(text[0]) twice")
      }
      return pairs
    }
  }

  private func lines(_ records: [RunRecord]) throws -> [Line] {
    let text = String(decoding: try InfluxSink().render(records), as: UTF8.self)
    #expect(text.hasSuffix("\n"))
    return try text.split(separator: "\n").map { try Line($0) }
  }

  @Test func aPointPerRepetitionAndOnePerCell() throws {
    let record = try fixture()
    let lines = try lines([record])
    let points = lines.filter { $0.measurement == "tern" }
    let samples = record.cells.filter { $0.outcome == .ok }.flatMap(\.samples)
    #expect(points.count == samples.count && lines.filter { $0.measurement == "tern_cell" }.count == 5)
    for (point, sample) in zip(points, samples) {
      #expect(point.fields["iterations"] == "\(sample.iterations)i" && point.fields["vetoed"] == "false")
      for (name, value) in sample.metrics { #expect(point.fields[name].flatMap { Double($0) } == value) }
      #expect(point.tags["repetition"] == String(sample.repetition) && point.tags["threads"] == "2")
    }
    #expect(points[0].time == 1_795_216_809_120_000_000)
    let keys = lines.map { "\($0.measurement) \($0.tags.sorted { $0.key < $1.key }) \($0.time)" }
    #expect(Set(keys).count == keys.count, "no point takes the place of another")
  }

  @Test func aFieldHasOneType() throws {
    for line in try lines([try fixture()]) {
      for (name, value) in line.fields {
        #expect(value.hasSuffix("i") == ["iterations", "position_in_run"].contains(name))
      }
    }
  }

  @Test func hostileNamesStayInTheirPlace() throws {
    var hostile = Hostile(seed: 2)
    for _ in 0..<100 {
      var record = try fixture()
      record.suite.name = hostile.text()
      record.machine.name = hostile.text()
      record.id = hostile.text()
      record.cells = [record.cells[0]]
      record.cells[0].id = hostile.text()
      record.cells[0].phase.label = hostile.text()
      record.cells[0].samples = [record.cells[0].samples[0]]
      record.cells[0].samples[0].metrics = [hostile.text(): 1.5, "": 2, "not_finite": .nan]
      let lines = try lines([record])
      try #require(lines.count == 2)
      #expect(
        Set(lines[1].tags.keys) == [
          "suite", "machine", "commit", "cell", "case", "threads", "placement", "phase", "repetition",
        ])
      #expect(lines[1].fields.count == 6 && lines[1].fields.values.contains("1.5") && lines[1].fields["_"] == "2")
    }
  }

  @Test func aTimeThatIsNoneIsRefusedByItsPlace() throws {
    var record = try fixture()
    record.cells[0].samples[1].startedAt = "yesterday"
    let place = "\(record.id), \(record.cells[0].id), repetition 1"
    #expect(throws: SinkTimeError(text: "yesterday", place: place)) { try InfluxSink().render([record]) }
    #expect(throws: SinkTimeError(text: "yesterday", place: place)) { try OpenMetricsSink().render([record]) }
    record.cells[0].samples[1].startedAt = "2400-01-01T00:00:00Z"
    #expect(throws: SinkTimeError.self) { try InfluxSink().render([record]) }
  }
}
