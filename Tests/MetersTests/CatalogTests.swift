import Machine
import Records
import Testing

@testable import Meters

@Suite("Meter catalog")
struct CatalogTests {
  private let meters = MeterCatalog.all(threadIDs: { [] }, machine: Machine())

  @Test("The ids are those of the meters, and the clock starts last")
  func ids() {
    #expect(Set(meters.map(\.id)) == Set(MeterCatalog.ids))
    #expect(meters.count == MeterCatalog.ids.count)
    #expect(meters.last?.id == "time")
  }

  @Test("Every reading of a real window is finite, not negative, and known to the schema")
  func readings() throws {
    let metrics = try MeterStack(meters, overheadWindows: 1).start().stop().metrics
    #expect(metrics["time_wall_ns"] != nil)
    for (name, value) in metrics {
      #expect(value.isFinite && value >= 0)
      #expect(Metric.named(name) != nil, "\(name) is not in Metric.all")
      #expect(!name.hasPrefix("estimated_"))
    }
  }

  @Test("Each meter says what it reads, and an unavailable one why and what to do")
  func words() {
    for meter in meters {
      #expect(!meter.source.isEmpty)
      if case .unavailable(let reason, let fix) = meter.availability() {
        #expect(!reason.isEmpty && !fix.isEmpty)
      }
    }
  }
}
