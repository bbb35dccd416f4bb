import Records
import Testing

@Suite struct MetricTests {
  /// The ending of a metric's name and the unit that it stands for.
  static let endings = [
    "_ns": "ns", "_j": "J", "_j_per_token": "J/token", "_bytes": "B", "_tokens_per_s": "t/s", "_bytes_per_s": "B/s",
    "_macs_per_s": "MAC/s", "_flop_per_s": "FLOP/s", "_fraction": "1", "_w": "W", "_js": "J·s",
    "_tokens_per_kwh": "token/kWh", "_hz": "Hz", "_per_cycle": "1/cycle", "_per_kilo_instruction": "1/1000 instr",
    "_per_token": "1/token", "_ns_per_token": "ns/token", "_bytes_per_token": "B/token",
  ]

  @Test(arguments: Metric.all) func theNameEndsInTheUnit(metric: Metric) {
    let ending = Self.endings.keys.filter(metric.name.hasSuffix).max { $0.count < $1.count }
    #expect(metric.unit == ending.flatMap { Self.endings[$0] } ?? "count")
    #expect(metric.summary.hasSuffix("."))
    #expect(Metric.named(metric.name) == metric)
  }

  @Test func ratesAreBetterWhenHigherAndTimesWhenLower() {
    for metric in Metric.all where metric.name.hasPrefix("rate_") { #expect(metric.better == .higher) }
    for metric in Metric.all where metric.name.hasPrefix("time_") { #expect(metric.better == .lower) }
  }

  @Test func aCellGivesItsValuesInTheOrderOfItsRepetitions() throws {
    let record = try RecordCodec.decode(try fixture())
    #expect(record.cells[0].values(of: "time_wall_ns") == [520_181_233, 524_997_120, 518_733_015])
    #expect(record.cells[0].values(of: "nothing").isEmpty)
    #expect(record.cells[0].metricNames.first == "time_wall_ns")
    #expect(record.warning("W-turbo")?.fix != nil)
  }
}
