import ArgumentParser
import Engine

/// How tokens are chosen: what `generate` and `chat` share.
struct SamplingOptions: ParsableArguments {
  @Option(help: "0 takes the likeliest token every time; 1 samples the model's own distribution.")
  var temperature: Float = 0

  @Option(help: "Only so many of the likeliest tokens; 0 for all.")
  var topK = 0

  @Option(help: "Only the likeliest tokens that reach this probability together; 1 for all.")
  var topP: Float = 1

  @Option(help: "Only tokens of at least this fraction of the likeliest one's probability; 0 for all.")
  var minP: Float = 0

  @Option(help: "Divide the logits of recent tokens by this; 1 for nothing.")
  var repetitionPenalty: Float = 1

  @Option(help: "How many tokens back a repetition counts.")
  var repetitionWindow = 64

  @Option(help: "Where the random numbers start; equal seeds give equal texts.")
  var seed: UInt64 = 0

  var sampling: Sampling {
    Sampling(
      temperature: temperature, topK: topK, topP: topP, minP: minP, repetitionPenalty: repetitionPenalty,
      repetitionWindow: repetitionWindow, seed: seed)
  }

  func validate() throws {
    if let problem = sampling.problem { throw ValidationError(problem) }
  }

  /// Says which flags do nothing because nothing is sampled.
  func noteWhatIsIdle() {
    guard temperature == 0 else { return }
    let idle = [(topK > 0, "--top-k"), (topP < 1, "--top-p"), (minP > 0, "--min-p"), (seed > 0, "--seed")]
    let flags = idle.filter(\.0).map(\.1)
    guard !flags.isEmpty else { return }
    Console.note(
      "W-greedy  \(flags.joined(separator: ", ")) changes nothing at temperature 0; add --temperature 0.8, for example")
  }
}

/// Lists of Engine's settings as JSON has them.
struct SamplingFacts: Encodable {
  private let sampling: Sampling

  init(_ sampling: Sampling) { self.sampling = sampling }

  private enum CodingKeys: String, CodingKey {
    case temperature, seed
    case topK = "top_k"
    case topP = "top_p"
    case minP = "min_p"
    case repetitionPenalty = "repetition_penalty"
    case repetitionWindow = "repetition_window"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(sampling.temperature, forKey: .temperature)
    try container.encode(sampling.topK, forKey: .topK)
    try container.encode(sampling.topP, forKey: .topP)
    try container.encode(sampling.minP, forKey: .minP)
    try container.encode(sampling.repetitionPenalty, forKey: .repetitionPenalty)
    try container.encode(sampling.repetitionWindow, forKey: .repetitionWindow)
    try container.encode(sampling.seed, forKey: .seed)
  }
}
