import Harness
import Kernels
import Sinks

/// What `tern perplexity --each-kernel` found: one perplexity for every kernel, and whether they are the same number.
struct PerplexityByKernel: Encodable {
  /// What one kernel gave, or the reason why it gave nothing.
  struct Row: Encodable {
    let kernel: String
    let report: PerplexityReport?
    let reason: String?
  }

  let model: String
  let file: String
  let results: [Row]

  /// Asks every kernel that this build has; those that cannot run here, or not with this model, say why.
  init(model: String, file: String, measure: (_ kernel: Kernel) throws -> PerplexityReport) throws {
    self.model = model
    self.file = file
    results = try KernelRegistry.kernels.map { kernel in
      if let reason = kernel.availability.reason { return Row(kernel: kernel.id, report: nil, reason: reason) }
      do {
        return Row(kernel: kernel.id, report: try measure(kernel), reason: nil)
      } catch let refusal as KernelRefusal {
        return Row(kernel: kernel.id, report: nil, reason: refusal.reason)
      }
    }
  }

  private var measured: [PerplexityReport] { results.compactMap(\.report) }

  /// Whether all kernels that ran gave one number, to the last bit.
  var isOne: Bool { Set(measured.map(\.natsPerToken.bitPattern)).count == 1 }

  /// For people: all digits, as that is the point.
  func table(width: Int) -> String {
    let columns: [TextTable.Column] = [
      .left("kernel", .essential), .left("perplexity", .essential), .right("t/s"), .left("remark"),
    ]
    let rows = results.map { row in
      guard let report = row.report else { return [row.kernel, Number.unknown, "", "skipped: \(row.reason ?? "")"] }
      return [
        row.kernel, report.perplexity.map { "\($0)" } ?? Number.unknown, Number.threeDigits(report.tokensPerSecond), "",
      ]
    }
    return "\(file)  \(model)\n" + ProseTable(columns: columns, rows: rows).render(width: width)
  }

  /// The verdict in a line.
  var verdict: String {
    let numbers = Set(measured.map(\.natsPerToken.bitPattern)).count
    return isOne
      ? "identical  \(measured.count) kernels, one perplexity to the last digit"
      : "different  \(measured.count) kernels, \(numbers) perplexities"
  }
}
