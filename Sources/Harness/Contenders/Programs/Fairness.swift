import Engine
import Kernels
import ModelFiles
import Records
import Suites

/// What stands between another program's cell and Tern's beside it: each difference that the numbers do not show.
struct Fairness {
  let cell: Cell
  let program: SuiteProgram
  let model: ProgramModel?
  /// The model of Tern's that it is compared with.
  let twin: ModelReference?
  let cacheFormat: CacheFormat
  let bench: LlamaBenchResult?
  /// The work's time by our clock over its time by the program's own; nil where the window holds more than the work.
  let clockRatio: Double?

  private var name: String { program.name }

  /// Every difference that was found.
  func warnings() -> [WarningRecord] {
    [shape, head, threads, batch, cache, context, activation, attention, offload, clock].compactMap(\.self)
  }

  // MARK: - The model

  /// Norms and scales are counted differently by some converters, and are less than this.
  private static let parameterTolerance = 0.001

  private var shape: WarningRecord? {
    guard let twin else {
      return WarningRecord(
        id: "W-fair-shape", message: "nothing says to which model of Tern's that of \(name) is equal",
        fix: "name it with shape under [[program]]", severity: .note)
    }
    guard let theirs = bench?.modelParameters ?? model?.header?.parameters else {
      let why = model?.problem.map { ": \($0)" } ?? ""
      return WarningRecord(
        id: "W-fair-shape", message: "the parameters of \(name)'s model are not known\(why)",
        fix: "compare the models by hand", severity: .note)
    }
    let ours = twin.shape.parameters
    guard abs(Double(theirs - ours)) > Self.parameterTolerance * Double(ours) else { return nil }
    return WarningRecord(
      id: "W-fair-shape",
      message:
        "\(name) runs a model of \(theirs) parameters, and Tern's \(twin.name) has \(ours): not the same model",
      fix: "give both the same model; `tern convert` writes a GGUF file of one")
  }

  private var head: WarningRecord? {
    guard let twin else { return nil }
    let ours = twin.head.rawValue
    guard let theirs = model?.header?.head?.name.lowercased() ?? program.head else {
      return WarningRecord(
        id: "W-fair-head", message: "how \(name) stores the output head is not known",
        fix: "say it with head under [[program]]", severity: .note)
    }
    guard theirs != ours else { return nil }
    return WarningRecord(
      id: "W-fair-head",
      message: "the output head of \(name)'s model is \(theirs), and that of Tern's \(twin.name) \(ours): a token "
        + "reads other bytes",
      fix: "name the model with :\(theirs) behind it, or convert with the other's head")
  }

  /// Programs take the non-linearity from the architecture's name, whatever `hidden_activation` says: "bitnet" is SiLU,
  /// and the 2B model was trained with the square of ReLU.
  private var activation: WarningRecord? {
    guard let header = model?.header, let architecture = header.architecture else { return nil }
    let isSquared = twin.map { $0.shape.activation == .relu2 } ?? header.isBitNet2B4T
    if architecture == "bitnet", isSquared || header.isBitNet2B4T {
      return WarningRecord(
        id: "W-fair-activation",
        message: "\(name) runs a 2B-4T model under the architecture \"bitnet\", which computes SiLU where the model "
          + "has ReLU squared: times compare, texts do not",
        fix: "do not judge its output; a file of architecture bitnet-b1.58 is right where the program knows it")
    }
    guard header.activation == nil, architecture == "bitnet-b1.58" || architecture == "bitnet-25" else { return nil }
    return WarningRecord(
      id: "W-fair-activation",
      message: "builds of bitnet.cpp from July 2026 on compute SiLU for the architecture \"\(architecture)\", where "
        + "the model has ReLU squared: times compare, texts may not",
      fix: "do not judge its output by such a build", severity: .note)
  }

  // MARK: - The settings

  private var threads: WarningRecord? {
    if let theirs = bench?.threads, theirs != cell.threads {
      return WarningRecord(
        id: "W-fair-threads", message: "\(name) ran with \(theirs) threads where \(cell.threads) were asked for",
        fix: "see its args in the suite")
    }
    guard program.kind == .command, !program.mentions(.threads) else { return nil }
    return WarningRecord(
      id: "W-fair-threads",
      message: "the command of \(name) has no {threads}, so it chooses how many it runs; bitnet.cpp's scripts run 2",
      fix: "hand it {threads}")
  }

  private var batch: WarningRecord? {
    guard let prompt = cell.phase.prompt, prompt > 1, let bench else { return nil }
    let ours = min(MemoryBudget.batch, prompt)
    guard let theirs = [bench.batch, bench.microBatch].compactMap(\.self).min(), min(theirs, prompt) != ours else {
      return nil
    }
    if theirs == 1 {
      return WarningRecord(
        id: "W-fair-batch",
        message: "\(name) takes the prompt one token at a time (-b 1): its \(cell.phase.label) is no prompt processing",
        fix: "leave -b out of its args: its default is 2048")
    }
    return WarningRecord(
      id: "W-fair-batch",
      message: "\(name) takes \(theirs) tokens of a prompt at once, and Tern \(ours)",
      fix: "leave -b and -ub out of its args: with its defaults both take 512")
  }

  private var cache: WarningRecord? {
    guard let bench else { return nil }
    let ours = cacheFormat.rawValue
    let theirs = Set([bench.typeK, bench.typeV].compactMap(\.self)).sorted()
    guard theirs.contains(where: { $0 != ours }) else { return nil }
    return WarningRecord(
      id: "W-fair-kv",
      message: "\(name) keeps keys and values as \(theirs.joined(separator: " and ")), and Tern as \(ours)",
      fix: "write kv = \"f16\" into the suite's [defaults], or -ctk and -ctv into its args")
  }

  private var context: WarningRecord? {
    guard let depth = cell.phase.depth, depth > 0 else { return nil }
    if let theirs = bench?.depth {
      guard theirs != depth else { return nil }
      return WarningRecord(
        id: "W-fair-context", message: "\(name) had \(theirs) tokens in its cache where \(depth) were asked for",
        fix: "see its args in the suite")
    }
    guard bench != nil || !program.mentions(.depth) else { return nil }
    return WarningRecord(
      id: "W-fair-context", message: "\(name) was not told, or does not say, that \(depth) tokens are in its cache",
      fix: "hand the command {depth}, or compare phases without a depth")
  }

  private var attention: WarningRecord? {
    guard bench?.isFlashAttention == true else { return nil }
    return WarningRecord(
      id: "W-fair-attention",
      message: "\(name) runs fused attention (-fa), which works in another order than Tern's; deep contexts tell the "
        + "two apart",
      fix: "add -fa 0 to its args to compare plain attention", severity: .note)
  }

  private var offload: WarningRecord? {
    guard let backends = bench?.backends, backends != "CPU" else { return nil }
    return WarningRecord(
      id: "W-fair-offload",
      message: "\(name) was built for \(backends), so its work, and its energy, may not be the CPU's own kernels alone",
      fix: "build it for the CPU alone, or set -ngl 0 and leave -ngl out of its args")
  }

  // MARK: - The clock

  /// A start and an end that are seen a millisecond late are a thousandth of the shortest window.
  private static let clockTolerance = 0.05

  private var clock: WarningRecord? {
    guard let clockRatio, abs(clockRatio - 1) > Self.clockTolerance else { return nil }
    let percent = ((clockRatio - 1) * 1000).rounded() / 10
    let difference = percent > 0 ? "\(percent) % longer" : "\(-percent) % shorter"
    return WarningRecord(
      id: "W-fair-clock",
      message: "the window around \(name) was \(difference) than the program's own time of its work: its energy holds "
        + "as much that is not the work, or lacks it",
      fix: "raise min_time_seconds, so that what lies around the work counts for less")
  }
}
