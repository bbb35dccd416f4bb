import Charts
import Records
import Testing

@testable import Reports

@Suite struct FigureTests {
  static func view(_ run: SyntheticRun) throws -> RunView { RunView(try run.record(), prefix: "r1") }

  // MARK: Speed by model size

  @Test("the speed figure takes the fastest number of threads and compares with f16")
  func speed() throws {
    let chart = try #require(SpeedByModelSize.figure(of: try Self.view(SyntheticRun()), phase: "tg32")).chart
    let row = try #require(chart.table.rows.first { $0[0] == "paper-700m" && $0[2] == "simd@avx2" })
    #expect(row[3] == "4")
    #expect(row[6] == "4.43×")
    #expect(chart.legend.map(\.label).prefix(3) == ["f16@avx2", "naive@portable", "simd@avx2"])
    #expect(chart.panels[0].y.scale.kind == .logarithmic)
    let baseline = try #require(chart.table.rows.first { $0[2] == "f16@avx2" })
    #expect(baseline[6].isEmpty)
  }

  @Test("a model that does not fit stands in the figure as N/A, with the reason in the table")
  func absent() throws {
    var run = SyntheticRun()
    run.models.append(
      .init(name: "paper-100b", parameters: 100_220_900_000, tooLarge: "needs 26.1 GiB, 21.7 GiB available"))
    let chart = try #require(SpeedByModelSize.figure(of: try Self.view(run), phase: "tg32")).chart
    let absent = chart.panels[0].marks.filter { if case .absent = $0 { true } else { false } }
    #expect(absent.count == 3)
    #expect(chart.table.rows.filter { $0[8] == "needs 26.1 GiB, 21.7 GiB available" }.count == 3)
    #expect(chart.panels[0].x.ticks.map(\.label).last == "paper-100b\n100 B")
  }

  @Test("a cell with the wrong output is in no figure, and the table says so")
  func wrongOutput() throws {
    var record = try SyntheticRun().record()
    for index in record.cells.indices where record.cells[index].kernel?.name == "simd" {
      record.cells[index].check = CheckRecord(expected: "ab", got: "cd")
    }
    let view = RunView(record, prefix: "r1")
    let chart = try #require(SpeedByModelSize.figure(of: view, phase: "tg32")).chart
    let rows = chart.table.rows.filter { $0[2] == "simd@avx2" }
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { $0[4].isEmpty && $0[8] == "its output was wrong" })
    #expect(!InShort.sentences(of: view).joined().contains("simd"))
  }

  @Test("bars of like size share a linear axis from zero")
  func linear() throws {
    var run = SyntheticRun()
    run.kernels = [("f16@avx2", 1), ("simd@avx2", 3)]
    run.models = [.init(name: "tiny", parameters: 1_000_000_000)]
    let chart = try #require(SpeedByModelSize.figure(of: try Self.view(run), phase: "tg32")).chart
    #expect(chart.panels[0].y.scale.kind == .linear)
    #expect(chart.panels[0].y.scale.lower == 0)
  }

  @Test("however many bars there are, a label fits over each", arguments: [1, 2, 6, 12, 24], [1, 3, 6])
  func barWidths(models: Int, kernels: Int) throws {
    var run = SyntheticRun()
    run.models = (0..<models).map { .init(name: "m\($0)", parameters: 1_000_000 * ($0 + 1)) }
    run.kernels = [("f16@avx2", 1)] + (1..<max(kernels, 2)).prefix(kernels - 1).map { ("k\($0)@avx2", Double($0) + 1) }
    let chart = try #require(SpeedByModelSize.figure(of: try Self.view(run), phase: "tg32")).chart
    for case .bar(let bar) in chart.panels[0].marks {
      let share = (bar.x.upperBound - bar.x.lowerBound) / Double(models)
      #expect(share * (chart.size.width - 60) >= 14, "a bar of \(share * chart.size.width) pixels")
    }
  }

  @Test("a phase that nobody ran has no figure")
  func noPhase() throws {
    #expect(SpeedByModelSize.figure(of: try Self.view(SyntheticRun()), phase: "tg999") == nil)
  }

  @Test("the answer does not crown a kernel that the repetitions do not separate from another")
  func closeRace() throws {
    var run = SyntheticRun()
    run.kernels = [("f16@avx2", 1), ("simd@avx2", 4), ("tiled@avx2", 4.001)]
    let close = InShort.sentences(of: try Self.view(run)).joined()
    // Repetitions vary by more than the hundredth of a per cent between the two, so either may come out first.
    #expect(close.contains("simd@avx2") && close.contains("tiled@avx2") && close.contains("do not separate it from"))
    run.kernels = [("f16@avx2", 1), ("simd@avx2", 4), ("tiled@avx2", 8)]
    let clear = InShort.sentences(of: try Self.view(run)).joined()
    #expect(clear.contains("tiled@avx2 is the fastest kernel on 2 of 2 models"))
    #expect(!clear.contains("separate"))
  }

  // MARK: Threads, phases, ceilings

  @Test("threads are drawn for every model and phase, and not where there is one count only")
  func threads() throws {
    #expect(ThroughputByThreads.group(of: try Self.view(SyntheticRun())).figures.count == 4)
    var run = SyntheticRun()
    run.threads = [4]
    #expect(ThroughputByThreads.group(of: try Self.view(run)).figures.isEmpty)
  }

  @Test("prefill stands beside decode only where a kernel ran both")
  func phases() throws {
    let chart = try #require(PrefillAndDecode.figure(of: try Self.view(SyntheticRun()))).chart
    #expect(chart.table.rows.count == 6)
    #expect(chart.table.rows.allSatisfy { $0.last == "5.00×" })
    var run = SyntheticRun()
    run.phases = ["tg32"]
    #expect(PrefillAndDecode.figure(of: try Self.view(run)) == nil)
  }

  @Test("a kernel's fraction of a ceiling pairs repetitions of the same round")
  func ceilings() throws {
    let view = try Self.view(SyntheticRun())
    let read = try #require(KernelCeilings.figure(of: view, ceiling: KernelCeilings.Ceiling.all[0])).chart
    // Both wobble alike from round to round, so the ratio is exact and its interval is a point.
    let row = try #require(read.table.rows.first { $0[1] == "gemv" && $0[2] == "simd@avx2" })
    #expect(row[5] == "0.840")
    #expect(row[6] == "0.840–0.840")
    let int8 = try #require(KernelCeilings.figure(of: view, ceiling: KernelCeilings.Ceiling.all[1])).chart
    #expect(int8.table.rows.count == 1)
    var run = SyntheticRun()
    run.hasCeilings = false
    #expect(KernelCeilings.group(of: try Self.view(run)).figures.isEmpty)
  }

  // MARK: Noise and time

  @Test("the histogram of noise counts every cell that was repeated")
  func noise() throws {
    let view = try Self.view(SyntheticRun())
    let chart = try #require(NoiseByCell.figure(of: view)).chart
    #expect(chart.table.rows.compactMap { Int($0[1]) }.reduce(0, +) == view.measured.count)
    var run = SyntheticRun()
    run.repetitions = 1
    #expect(NoiseByCell.figure(of: try Self.view(run)) == nil)
  }

  @Test("the parts of the run's time add up to the whole")
  func time() throws {
    let chart = try #require(TimeOfRun.figure(of: try Self.view(SyntheticRun()))).chart
    let spans = chart.panels[0].marks.compactMap { mark in if case .span(let span) = mark { span } else { nil } }
    #expect(spans.first?.x.lowerBound == 0)
    #expect(spans.last?.x.upperBound == 300e9)
    #expect(chart.table.rows.last?.first == "harness")
  }

  // MARK: Kernels

  @Test("a kernel keeps its colour from report to report, and the baseline is grey")
  func styles() throws {
    let all = KernelStyles(of: try SyntheticRun().record())
    var run = SyntheticRun()
    run.kernels = [("simd@avx2", 1), ("simd@portable", 1), ("other@avx2", 1)]
    let few = KernelStyles(of: try run.record())
    #expect(all.style(of: "simd@avx2") == few.style(of: "simd@avx2"))
    #expect(all.style(of: "f16@avx2") == .baseline)
    #expect(Set(few.ids.map(few.style)).count == few.ids.count)
  }

  @Test("a skipped cell that names a family belongs to the kernel that ran")
  func families() throws {
    let styles = KernelStyles(of: try SyntheticRun().record())
    #expect(styles.id(of: KernelIdentity(name: "simd")) == "simd@avx2")
    #expect(styles.id(of: KernelIdentity(name: "lut")) == "lut")
  }

  @Test("figures for files have stable names of their own")
  func files() throws {
    let ids = Figures.all(of: try SyntheticRun().record()).map(\.chart.id)
    #expect(ids.first == "speed-by-model-size-tg32")
    #expect(Set(ids).count == ids.count)
  }
}
