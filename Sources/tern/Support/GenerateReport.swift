import Engine
import Sinks

/// What came of a generation: `--json`'s object, and the lines below a text.
///
/// What is not known is absent: rates and times of steps that did not happen, energy that cannot be read (then
/// `energy_reason` says why).
struct GenerateReport: Encodable {
  let model: String
  let kernel: String
  let threads: Int
  let placement: String
  let context: Int
  /// Reading the files and packing the weights; neither the prompt's time nor a token's holds it.
  let timeLoadNs: Int
  let sampling: SamplingFacts
  let promptIDs: [Int32]
  let ids: [Int32]
  let text: String?
  let finishReason: String?
  let promptRate: Double?
  let decodeRate: Double?
  let timeToFirstTokenNs: Int?
  let timeTokenP50Ns: Int?
  let timeTokenP90Ns: Int?
  let timeTokenP99Ns: Int?
  let tokenTimesNs: [Int]
  let energy: Energies?
  let energyReason: String?

  private let promptTokens: Int
  private let latency: TokenLatency?

  enum CodingKeys: String, CodingKey {
    case model, kernel, threads, placement, context, sampling, ids, text, energy
    case timeLoadNs = "time_load_ns"
    case promptIDs = "prompt_ids"
    case finishReason = "finish_reason"
    case promptRate = "prompt_rate_tokens_per_s"
    case decodeRate = "decode_rate_tokens_per_s"
    case timeToFirstTokenNs = "time_to_first_token_ns"
    case timeTokenP50Ns = "time_token_p50_ns"
    case timeTokenP90Ns = "time_token_p90_ns"
    case timeTokenP99Ns = "time_token_p99_ns"
    case tokenTimesNs = "token_times_ns"
    case energyReason = "energy_reason"
  }

  /// Joules of both parts.
  struct Energies: Encodable {
    let prompt: GenerationEnergy?
    let decode: GenerationEnergy?
  }

  init(_ run: GenerationRun, of loaded: LoadedModel, model: String, prompt: [Int32], text: String?) {
    let generation = run.generation
    self.model = model
    threads = loaded.pool.threads
    placement = loaded.pool.placement.rawValue
    timeLoadNs = Int(clamping: loaded.loadTimeNs)
    self.text = text
    kernel = generation.session.kernels.name
    context = generation.session.context
    sampling = SamplingFacts(generation.sampler.sampling)
    promptIDs = prompt
    promptTokens = generation.promptTokens
    ids = generation.ids
    finishReason = generation.finish?.rawValue
    promptRate = generation.promptRate
    decodeRate = generation.decodeRate
    timeToFirstTokenNs = generation.ids.isEmpty ? nil : generation.timePromptNs
    latency = TokenLatency(generation.tokenTimesNs)
    timeTokenP50Ns = latency.map { Self.wholeNs($0.p50Ms) }
    timeTokenP90Ns = latency.map { Self.wholeNs($0.p90Ms) }
    timeTokenP99Ns = latency.map { Self.wholeNs($0.p99Ms) }
    tokenTimesNs = generation.tokenTimesNs
    energyReason = run.meters.obstacle
    energy =
      run.promptEnergy == nil && run.decodeEnergy == nil
      ? nil : Energies(prompt: run.promptEnergy, decode: run.decodeEnergy)
  }

  private static func wholeNs(_ milliseconds: Double) -> Int { Int((milliseconds * 1e6).rounded()) }

  /// The lines for people: what ran, the prompt, the decode steps, the joules.
  var summary: String {
    var lines = [
      "\(model)  \(kernel)  threads \(threads)  loaded in \(Number.threeDigits(Double(timeLoadNs) * 1e-9)) s"
    ]
    if let promptRate, let timeToFirstTokenNs {
      lines.append(
        "prompt of \(promptTokens), \(Number.threeDigits(promptRate)) t/s; first token after "
          + "\(Number.threeDigits(Double(timeToFirstTokenNs) * 1e-6)) ms")
    }
    if let decodeRate, let latency {
      lines.append(
        "\(tokenTimesNs.count) decoded, \(Number.threeDigits(decodeRate)) t/s; per token p50 "
          + "\(Number.threeDigits(latency.p50Ms)) ms, p90 \(Number.threeDigits(latency.p90Ms)) ms, p99 "
          + "\(Number.threeDigits(latency.p99Ms)) ms")
    }
    for (name, energy) in [("prompt", energy?.prompt), ("decode", energy?.decode)] {
      guard let energy else { continue }
      lines.append("\(name) \(energy.perToken ?? "energy: \(energy.absence)")")
    }
    return lines.joined(separator: "\n")
  }
}
