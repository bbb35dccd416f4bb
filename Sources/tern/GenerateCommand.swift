import ArgumentParser
import Engine
import Harness
import Machine
import Meters
import Sinks

/// `tern generate`: tokens from a model, greedily.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Generate token ids from a model, greedily.",
    discussion: """
      Ids go to stdout as they come, one line in all; speeds go to stderr. The engine is the one that `run` measures.
      """)

  @Option(
    name: [.customShort("m"), .long],
    help: "A zoo name (tern list models) or a checkpoint folder, with an optional head format: NAME:q6_k.")
  var model: String

  @Option(help: "Prompt as token ids: 1,2,3.")
  var ids = TokenIDs(argument: "1")!

  @Option(name: [.customShort("n"), .customLong("gen-tokens")], help: "Tokens to generate.")
  var generate = 32

  @Flag(help: "One JSON object on stdout instead of the ids.")
  var json = false

  @OptionGroup var options: ModelOptions

  func validate() throws {
    if generate < 1 { throw ValidationError("-n \(generate): at least 1 token") }
  }

  func run() throws {
    let machine = Machine()
    let kernel = try options.kernelName()
    let loaded = try LoadedModel(
      model, kernel: kernel, pool: try options.makePool(machine: machine), context: ids.ids.count + generate,
      cacheFormat: options.cacheFormat, machine: machine)
    let generation = try Self.decode(loaded.session, prompt: ids.ids, count: generate) { id, isFirst in
      if !json { Console.text(isFirst ? "\(id)" : " \(id)") }
    }
    if json {
      try Console.json(
        Report(model: model, kernel: loaded.session.kernels.name, threads: loaded.pool.threads, generation: generation))
    } else {
      Console.line("")
      Console.note(generation.summary(model: model, kernel: loaded.session.kernels.name, threads: loaded.pool.threads))
    }
  }

  /// Reads the prompt, then feeds each most likely token back.
  private static func decode(
    _ session: Session, prompt: [Int32], count: Int, each: (Int32, Bool) -> Void
  ) throws -> Generation {
    let start = WallClock.nowNs()
    var ids = [try session.forward(prompt, logits: .last).argmax(0)]
    let afterPrompt = WallClock.nowNs()
    each(ids[0], true)
    while ids.count < count {
      ids.append(try session.forward([ids[ids.count - 1]], logits: .last).argmax(0))
      each(ids[ids.count - 1], false)
    }
    return Generation(
      ids: ids, promptTokens: prompt.count, timePromptNs: Int(afterPrompt - start),
      timeDecodeNs: Int(WallClock.nowNs() - afterPrompt))
  }
}

/// What came of a generation.
private struct Generation {
  let ids: [Int32]
  let promptTokens: Int
  let timePromptNs: Int
  let timeDecodeNs: Int

  /// Tokens per second of the prompt; its last forward pass also gives the first token.
  var promptRate: Double { Double(promptTokens) / (Double(timePromptNs) * 1e-9) }
  /// Tokens per second of the decode steps, nil when there was none.
  var decodeRate: Double? { ids.count > 1 ? Double(ids.count - 1) / (Double(timeDecodeNs) * 1e-9) : nil }

  func summary(model: String, kernel: String, threads: Int) -> String {
    let prompt = "prompt of \(promptTokens), \(Number.threeDigits(promptRate)) t/s"
    let decode = decodeRate.map { "; \(ids.count - 1) decoded, \(Number.threeDigits($0)) t/s" } ?? ""
    let first = "first token after \(Number.threeDigits(Double(timePromptNs) * 1e-6)) ms"
    return "\(model)  \(kernel)  threads \(threads)\n\(prompt)\(decode); \(first)"
  }
}

/// `--json`: one object; `decode_rate_tokens_per_s` is absent when a single token was generated.
private struct Report: Encodable {
  let model: String
  let kernel: String
  let threads: Int
  let ids: [Int32]
  let promptRate: Double
  let decodeRate: Double?
  let timeToFirstTokenNs: Int

  enum CodingKeys: String, CodingKey {
    case model, kernel, threads, ids
    case promptRate = "prompt_rate_tokens_per_s"
    case decodeRate = "decode_rate_tokens_per_s"
    case timeToFirstTokenNs = "time_to_first_token_ns"
  }

  init(model: String, kernel: String, threads: Int, generation: Generation) {
    self.model = model
    self.kernel = kernel
    self.threads = threads
    ids = generation.ids
    promptRate = generation.promptRate
    decodeRate = generation.decodeRate
    timeToFirstTokenNs = generation.timePromptNs
  }
}
