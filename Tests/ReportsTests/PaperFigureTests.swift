import Charts
import Foundation
import Records
import Testing

@testable import Reports

/// Figures that mirror the papers', on a record that holds everything they need.
@Suite struct PaperFigureTests {
  /// Read and made once: they are what takes the time of these tests.
  private static let shared = Result {
    let published = try #require(try PublishedResults.read(folder: PublishedTests.folder))
    let record = try SyntheticRun.rich.record()
    return (published, record, RunView(record, prefix: "r1", context: ReportContext(published: published)))
  }

  static func published() throws -> PublishedResults { try shared.get().0 }

  static func record() throws -> RunRecord { try shared.get().1 }

  static func view() throws -> RunView { try shared.get().2 }

  static func view(_ run: SyntheticRun, probes: [RunRecord] = []) throws -> RunView {
    RunView(try run.record(), prefix: "r1", context: ReportContext(published: try published(), probes: probes))
  }

  static func bars(_ chart: Chart) -> [Mark.Bar] {
    chart.panels.flatMap(\.marks).compactMap { if case .bar(let bar) = $0 { bar } else { nil } }
  }

  static func hatched(_ chart: Chart) -> [Mark.Bar] { bars(chart).filter { $0.series.texture == .hatched } }

  // MARK: Published beside measured

  @Test("the figure of speeds holds the paper's numbers for the record's architecture, hatched, with their origin")
  func speeds() throws {
    let figure = try #require(SpeedByModelSize.figure(of: try Self.view(), phase: "tg128"))
    let bars = Self.hatched(figure.chart)
    // 9 sizes with FP16 and 12 ternary ones; N/A where the paper says so.
    #expect(bars.count == 21)
    #expect(bars.allSatisfy { $0.hint?.contains("i7-13700H") == true && $0.hint?.contains("2024-10") == true })
    #expect(figure.caption.contains("Hatched: published for Intel Core i7-13700H"))
    let row = try #require(figure.chart.table.rows.first { $0[0] == "paper-7b" && $0[2].hasPrefix("bitnet.cpp") })
    #expect(row[4] == "18.8" && row[6] == "5.68×" && row.last == "arXiv:2410.16144v2, Table 4")
    let own = try #require(figure.chart.table.rows.first { $0[2] == "simd@avx2" })
    #expect(own.last == "measured")
  }

  @Test("on another architecture stand the numbers of its processor")
  func architecture() throws {
    var record = try Self.record()
    record.machine.architecture = "arm64"
    let view = RunView(record, prefix: "r1", context: ReportContext(published: try Self.published()))
    let figure = try #require(SpeedByModelSize.figure(of: view, phase: "tg128"))
    #expect(figure.sources.allSatisfy { $0.contains("M2 Ultra") })
    record.machine.architecture = "riscv64"
    let none = RunView(record, prefix: "r1", context: ReportContext(published: try Self.published()))
    #expect(try #require(SpeedByModelSize.figure(of: none, phase: "tg128")).sources.isEmpty)
  }

  @Test("models that nobody published stand alone, and nothing is hatched without published numbers")
  func alone() throws {
    let plain = RunView(try Self.record(), prefix: "r1")
    for group in Figures.groups(of: plain) {
      #expect(group.figures.allSatisfy { $0.sources.isEmpty && Self.hatched($0.chart).isEmpty })
    }
    var run = SyntheticRun.rich
    run.models = [.init(name: "other", parameters: 1_000_000_000), .init(name: "another", parameters: 2_000_000_000)]
    let figure = try #require(SpeedByModelSize.figure(of: try Self.view(run), phase: "tg128"))
    #expect(figure.sources.isEmpty)
  }

  @Test("the small charts are measured where energy was, and published where it was not")
  func insets() throws {
    let measured = try #require(SpeedByModelSize.figure(of: try Self.view(), phase: "tg128")).chart
    #expect(measured.insets.map { $0.panel.y.title } == ["700m, J/token", "70b, J/token"])
    let arrows = measured.insets.flatMap(\.panel.marks).compactMap { mark in
      if case .gain(let gain) = mark { gain } else { nil }
    }
    #expect(arrows.map(\.label) == ["−79.6 %", "−79.6 %"])
    var run = SyntheticRun.rich
    run.hasEnergy = false
    let figure = try #require(SpeedByModelSize.figure(of: try Self.view(run), phase: "tg128"))
    #expect(figure.chart.insets.allSatisfy { $0.panel.y.title?.hasSuffix("published") == true })
    #expect(figure.caption.contains("no energy was measured here"))
    #expect(figure.sources.contains { $0.contains("Table 6") })
  }

  @Test("an inset never covers a bar or its labels")
  func insetRoom() throws {
    for phase in ["tg128"] {
      let chart = try #require(SpeedByModelSize.figure(of: try Self.view(), phase: phase)).chart
      let models = Double(chart.panels[0].x.ticks.count)
      for inset in chart.insets {
        for bar in Self.bars(chart) where (bar.x.upperBound + 0.5) / models > inset.x.lowerBound {
          let top = try #require(chart.panels[0].y.scale.fraction(bar.y))
          #expect(top < 1 - inset.y.upperBound)
        }
      }
    }
  }

  @Test("each pair of kernels has its panel, and the paper's pairs a row of their own")
  func pairs() throws {
    let group = KernelsByModelSize.group(of: try Self.view())
    let chart = try #require(group.figures.first).chart
    #expect(chart.columns == 3)
    #expect(
      chart.panels.map(\.title) == [
        "simd@avx2 over f16@avx2", "lut@avx2 over f16@avx2", nil, "I2_S over Float16, published",
        "TL2_0 over T-MAC (2-bit), published", "TL2_0 over TQ1_0, published",
      ])
    let row = try #require(chart.table.rows.first { $0[0].hasPrefix("I2_S") && $0[1] == "7b" })
    // The paper prints 6.25 for this cell.
    #expect(row[4] == "6.25×")
  }

  @Test("the eight products stand beside bitnet.cpp's")
  func products() throws {
    let figure = try #require(MatrixTimes.figure(of: try Self.view()))
    #expect(figure.showsTable)
    #expect(figure.chart.table.rows.count == 8)
    let row = try #require(figure.chart.table.rows.first { $0[0] == "[128, 2048] x [2048, 8192]" })
    #expect(row.contains("43.3 ± 0.090"))
    #expect(figure.csv.contains("\"[128, 2048] x [2048, 8192]\",\"I2_S no parallel, published\",1,43.34,0.090,"))
    var run = SyntheticRun.rich
    run.hasMatrices = false
    #expect(MatrixTimes.group(of: try Self.view(run)).missing.map(\.figure) == ["Times of single matrix products"])
  }

  @Test("memory, latency and estimate stand beside table 1 of 2B4T")
  func table() throws {
    let figure = try #require(PaperTable.figure(of: try Self.view()))
    let published = try #require(figure.chart.table.rows.first { $0[0] == "BitNet b1.58 2B4T" })
    #expect(published.prefix(5) == ["BitNet b1.58 2B4T", "0.400", "29.0", "", "0.0280"])
    let own = try #require(figure.chart.table.rows.first { $0[0] == "bitnet-2b-4t · simd@avx2" })
    // Nine tenths of the weights are ternary in this record, at two bits each.
    #expect(own[1] == "0.543")
    #expect(own[4].isEmpty, "the estimate is of 512 tokens, which nobody ran")
  }

  @Test("threads: prompt and generation, before and after, with the published pair")
  func threads() throws {
    let figures = PhasesByThreads.figures(of: try Self.view())
    #expect(figures.count <= 4)
    let figure = try #require(figures.first { $0.chart.id.contains("bitnet-2b-4t") })
    #expect(figure.chart.panels.map(\.title) == ["Prompt processing, pp128", "Token generation, tg128"])
    #expect(figure.sources.count == 1 && figure.sources[0].contains("EPYC 7V13"))
    let row = try #require(figure.chart.table.rows.first { $0[0] == "tg128" && $0[1] == "8" })
    #expect(row.contains("66.2"))
  }

  @Test("two records of one machine: the kernel that both ran, before and after")
  func twoRecords() throws {
    let before = try Self.record()
    var run = SyntheticRun.rich
    run.kernels = [("simd@avx2", 5)]
    var after = try run.record()
    after.tool.commit = "fedcba9"
    let page = try ReportPage.render(records: [before, after], command: ["tern", "report"])
    #expect(page.contains("Before and after") && page.contains("before-and-after-1-bitnet-2b-4t"))
    let figures = PhasesByThreads.figures(before: RunView(before, prefix: ""), after: RunView(after, prefix: ""))
    let chart = try #require(figures.first { $0.chart.id == "before-and-after-1-bitnet-2b-4t" }).chart
    #expect(chart.legend.map(\.label) == ["simd@avx2, 0123abc", "simd@avx2, fedcba9"])
    let same = try ReportPage.render(records: [before, before], command: ["tern", "report"])
    #expect(!same.contains("Before and after"), "a record is no change of itself")
  }

  @Test("bandwidth stands beside the speeds of generation, and the probe beside both")
  func bandwidth() throws {
    let group = ThroughputByThreads.group(of: try Self.view())
    let decode = try #require(group.figures.first { $0.chart.id.hasSuffix("2b-4t-tg128") })
    #expect(decode.chart.panels.count == 2)
    #expect(decode.caption.contains("weight bytes") && decode.caption.contains("probe:read"))
    let prefill = try #require(group.figures.first { $0.chart.id.hasSuffix("2b-4t-pp128") })
    #expect(prefill.chart.panels.count == 1)
  }

  // MARK: Energy

  @Test("measured and estimated energy never share a figure")
  func energy() throws {
    let figures = EnergyByModel.draw(try Self.view()).figures
    #expect(figures.map(\.chart.id) == ["energy-by-model-tg128", "estimated-energy-by-model-tg128"])
    #expect(Self.bars(figures[0].chart).filter { $0.series.texture != .hatched }.allSatisfy { $0.interval != nil })
    #expect(figures[1].chart.title.hasPrefix("Estimated, not measured"))
    #expect(Self.hatched(figures[0].chart).count == 5)
    var run = SyntheticRun.rich
    run.hasEnergy = false
    let without = EnergyByModel.draw(try Self.view(run))
    #expect(without.figures.map(\.chart.id) == ["estimated-energy-by-model-tg128"])
    #expect(without.missing.first?.reason.contains("intel-rapl") == true)
  }

  @Test("no point of the front is beaten in speed and energy")
  func front() throws {
    let figures = EnergyAgainstSpeed.draw(try Self.view()).figures
    #expect(figures.count == 4)
    for figure in figures {
      let rows = figure.chart.table.rows.map { (speed: Double($0[3]) ?? 0, joules: Double($0[5]) ?? 0, front: $0[7]) }
      for row in rows where row.front == "yes" {
        #expect(!rows.contains { $0.speed > row.speed && $0.joules < row.joules })
      }
      #expect(rows.contains { $0.front == "yes" })
    }
  }

  @Test("the parts of a token's energy add up, and where the meter has one domain nothing is drawn")
  func domains() throws {
    let chart = try #require(EnergyByDomain.figure(of: try Self.view())).chart
    let spans = chart.panels[0].marks.compactMap { mark in if case .span(let span) = mark { span } else { nil } }
    #expect(spans.contains { abs($0.x.upperBound - 100) < 1e-6 })
    var record = try Self.record()
    for index in record.cells.indices {
      for sample in record.cells[index].samples.indices {
        for key in ["energy_core_j", "energy_dram_j"] {
          record.cells[index].samples[sample].metrics[key] = nil
        }
      }
    }
    let missing = EnergyByDomain.draw(RunView(record, prefix: "r1")).missing
    #expect(missing.map(\.reason) == ["the meter gives one domain only"])
  }

  @Test("windows stand where they were measured, as long and as high as they were")
  func power() throws {
    var run = SyntheticRun.rich
    run.models = Array(run.models.prefix(2))
    let view = try Self.view(run)
    let windows = PowerOverRun.windows(of: view)
    let idle = try #require(windows.first { $0.kernel == "idle" })
    #expect(idle.time == 1...21 && idle.watts == 9.5)
    #expect(windows.filter { $0.kernel != "idle" }.count == 2 * 3 * 4 * 2 * 6)
    #expect(PowerOverRun.draw(view).figures.count == 1)
    var without = run
    without.hasEnergy = false
    #expect(PowerOverRun.draw(try Self.view(without)).missing.count == 1)
  }

  // MARK: Roofs, repetitions, counters

  @Test("roofs come from the run, else from a probe of the same machine, else there is no roofline")
  func roofline() throws {
    var run = SyntheticRun.rich
    run.models = [.init(name: "bitnet-2b-4t", parameters: 2_412_820_480)]
    run.threads = [4]
    run.hasMatrices = false
    let own = try #require(Roofline.draw(try Self.view(run)).figures.first)
    #expect(own.caption.contains("probed in this run"))
    run.hasCeilings = false
    #expect(Roofline.draw(try Self.view(run)).missing.count == 1)
    var probe = try SyntheticRun().record()
    probe.id = "2026-01-01T00-00-00Z-probe-0123abc"
    let beside = try #require(Roofline.draw(try Self.view(run, probes: [probe])).figures.first)
    #expect(beside.caption.contains("of the record \(probe.id)"))
    probe.machine.hostHash = "other"
    #expect(Roofline.draw(try Self.view(run, probes: [probe])).figures.isEmpty)
  }

  @Test("every repetition is a dot, and the noisiest cells are kept where there are too many")
  func repetitions() throws {
    let figure = try #require(Repetitions.figure(of: try Self.view()))
    #expect(figure.chart.table.rows.count == 36)
    #expect(figure.caption.contains("steadier ones are left out"))
    let dots = figure.chart.panels[0].marks.filter { if case .point = $0 { true } else { false } }
    #expect(dots.count == 36 * 6)
    #expect(DriftOverRun.draw(try Self.view()).figures.count == 1)
  }

  @Test("counts are per token, and a record without counters says why there are none")
  func counters() throws {
    let figure = try #require(CountersPerToken.figure(of: try Self.view(), phase: "tg128"))
    let row = try #require(figure.chart.table.rows.first { $0[0] == "bitnet-2b-4t · simd@avx2" })
    #expect(row[1] == "748", "0.31 instructions per weight, in millions")
    #expect(CountersPerToken.draw(try Self.view(SyntheticRun())).missing.count == 1)
  }

  // MARK: All together

  @Test("whatever is missing is named with its reason, and nothing is drawn for it")
  func missing() throws {
    let page = try ReportPage.render(records: [try SyntheticRun().record()], command: ["tern"])
    let text = PageReader(page).text
    for name in ["Roofline", "Measured energy per token", "Counters per token", "Where the time of a token goes"] {
      #expect(text.contains(name), "\(name)")
    }
    #expect(text.contains("is left out:") && text.contains("Times of single matrix products"))
  }

  @Test("a page of everything nests, repeats no id and stays small")
  func page() throws {
    let page = try ReportPage.render(
      records: [try Self.record()], command: ["tern"],
      context: ReportContext(published: try Self.published()))
    let reader = PageReader(page)
    #expect(reader.faults.isEmpty, "\(reader.faults.prefix(3))")
    #expect(Set(reader.ids).count == reader.ids.count)
    #expect(page.utf8.count < 2 << 20)
    let words = Set(reader.text.lowercased().split { !$0.isLetter }.map(String.init))
    #expect(words.isDisjoint(with: ["nan", "inf", "nil", "optional"]))
  }

  @Test("numbers that are none, or far too large, break no figure")
  func badNumbers() throws {
    for bad in [Double.nan, .infinity, 0, -5, .greatestFiniteMagnitude, .leastNonzeroMagnitude] {
      var run = SyntheticRun.rich
      run.models = Array(run.models.prefix(2)) + [run.models[11]]
      var record = try run.record()
      for index in record.cells.indices {
        for key in record.cells[index].facts.keys { record.cells[index].facts[key] = bad }
        for key in (record.cells[index].estimates ?? [:]).keys { record.cells[index].estimates?[key] = bad }
        for sample in record.cells[index].samples.indices {
          for key in record.cells[index].samples[sample].metrics.keys where key != "rate_tokens_per_s" {
            record.cells[index].samples[sample].metrics[key] = bad
          }
        }
      }
      let figures = Figures.all(of: record, in: ReportContext(published: try Self.published()))
      for figure in figures {
        let svg = SVGRenderer(for: .file).render(figure.chart).lowercased()
        #expect(!svg.contains("nan ") && !svg.contains("\"inf") && !svg.contains("\"nan"), "\(figure.chart.id) \(bad)")
      }
    }
  }

  @Test("every figure says in words and numbers what it said before")
  func golden() throws {
    var run = SyntheticRun.rich
    run.models = [SyntheticRun.rich.models[2], SyntheticRun.rich.models[11], SyntheticRun.rich.models[12]]
    run.threads = [1, 2]
    let record = try run.record()
    let figures = Figures.all(of: record, in: ReportContext(published: try Self.published()))
    let text = figures.map { figure in
      let csv = figure.csv.replacingOccurrences(of: "\r\n", with: "\n")
      return "# \(figure.chart.id): \(figure.chart.title)\n\(figure.chart.description)\n\(figure.caption)\n\(csv)"
    }
    try Golden.expect(text.joined(separator: "\n"), equals: "figures.txt")
  }

  @Test("a figure's files carry its numbers and where they come from")
  func files() throws {
    let record = try Self.record()
    let figures = Figures.all(of: record, in: ReportContext(published: try Self.published()))
    #expect(Set(figures.map(\.chart.id)).count == figures.count)
    let figure = try #require(figures.first)
    let written = figure.files(of: record, command: ["tern", "report"])
    let files = Dictionary(uniqueKeysWithValues: written.map { ($0.ending, $0.text) })
    #expect(Set(files.keys) == ["svg", "csv", "txt"])
    #expect(files["svg"]?.contains(record.id) == true)
    #expect(files["csv"]?.hasPrefix("Model,Parameters,Kernel,Threads,t/s,\"t/s, 95 % lower\",") == true)
    for part in ["0123abc", record.suite.sha256, "tern report", "arXiv:2410.16144v2", "AMD EPYC 7B13"] {
      #expect(files["txt"]?.contains(part) == true, "\(part)")
    }
  }
}
