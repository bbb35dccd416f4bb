import Engine
import Meters

/// One prompt and what follows it, each inside of the meters: what `generate` does once and `chat` for every answer.
struct GenerationRun {
  private(set) var generation: Generation
  private(set) var promptEnergy: GenerationEnergy?
  private(set) var decodeEnergy: GenerationEnergy?
  let meters: GenerationMeters

  init(generation: Generation, meters: GenerationMeters) {
    self.generation = generation
    self.meters = meters
  }

  /// Reads a prompt, of which the session may have a part already.
  mutating func read(_ prompt: [Int32], isCancelled: () -> Bool) throws {
    (promptEnergy, decodeEnergy) = (nil, nil)
    let readings = try meters.measure { try generation.read(prompt, isCancelled: isCancelled) }
    promptEnergy = readings.map { GenerationEnergy($0, tokens: generation.promptTokens) }
  }

  /// Generates until there is nothing more to come, `isCancelled` says so, or `each` has found a text to stop at.
  mutating func decode(isCancelled: () -> Bool, each: (Int32) -> Bool) throws {
    guard generation.finish == nil else { return }
    let readings = try meters.measure {
      while let id = try generation.next() {
        guard each(id) else { return generation.end(.stopText) }
        if generation.finish == nil && isCancelled() { generation.end(.interrupted) }
      }
    }
    // The first token cost no step of its own; its choice is a thousandth of one.
    decodeEnergy = readings.map { GenerationEnergy($0, tokens: generation.tokenTimesNs.count) }
  }

  /// Starts the random numbers again.
  mutating func restartSampler() { generation.restartSampler() }

  /// "0.412 ± 0.003 J/token (package)" of decoding, where it is known.
  var energyText: String? { decodeEnergy?.perToken }
}
