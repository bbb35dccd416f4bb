import ArgumentParser
import Engine
import Harness
import Machine
import ModelFiles

/// `tern generate`: what a model says after a prompt.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Generate text, or token ids, from a prompt.",
    discussion: """
      A prompt in text gives text, as it comes, until the model ends it; a prompt in --ids gives exactly -n ids and \
      needs no tokenizer. The likeliest token is taken unless --temperature is given. Speeds, and joules where they can \
      be read, go to stderr. The engine is the one that `run` measures. Ctrl-C ends with what was made, and status 130.
      """)

  @Option(
    name: [.customShort("m"), .long],
    help: """
      A GGUF file, a checkpoint folder, or a zoo name (tern list models), with an optional head format: NAME:q6_k.
      """)
  var model: String

  @OptionGroup var prompt: PromptOptions

  @Option(name: [.customShort("n"), .customLong("gen-tokens")], help: "The most tokens to generate.")
  var generate = 128

  @Option(
    name: [.customShort("c"), .long],
    help: "Positions to make room for (default: prompt and -n, at most those that the model was made for).")
  var context: Int?

  @Option(help: "Stop before this text; repeatable.")
  var stop: [String] = []

  @Flag(help: "Go on behind tokens that end a text.")
  var ignoreEos = false

  @Flag(help: "End with status 6 where energy cannot be read.")
  var energy = false

  @Flag(help: "One JSON object on stdout instead of the text.")
  var json = false

  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var options: ModelOptions

  func validate() throws {
    if generate < 1 { throw ValidationError("-n \(generate): at least 1 token") }
    if let context, context < 1 { throw ValidationError("--context \(context): at least 1 position") }
    if prompt.isIDs && prompt.tokenizer == nil && !stop.isEmpty {
      throw ValidationError("--stop looks for text, and --ids gives none: add --tokenizer PATH, or use -p TEXT")
    }
    if stop.contains("") { throw ValidationError("--stop: the text is empty") }
  }

  func run() throws {
    let machine = Machine()
    let kernel = try options.kernelName()
    let reference = try ModelReference(model)
    let input = try prompt.read(for: reference)
    sampling.noteWhatIsIdle()
    let meters = GenerationMeters(machine: machine)
    if energy, let obstacle = meters.obstacle {
      Console.note("energy cannot be read: \(obstacle)")
      throw ExitStatus.notPermitted
    }
    let loaded = try LoadedModel(
      reference, kernel: kernel, pool: try options.makePool(machine: machine),
      context: try positions(for: input.ids.count, of: reference), cacheFormat: options.cacheFormat, machine: machine)
    let interrupt = Interrupt()
    let signals = interrupt.listen()
    defer { withExtendedLifetime(signals) {} }
    var run = GenerationRun(
      generation: Generation(
        session: loaded.session, sampler: Sampler(sampling.sampling), ends: ends(of: input.tokenizer), limit: generate),
      meters: meters)
    var output = GenerateOutput(tokenizer: input.tokenizer, stops: stop, isQuiet: json)
    try run.read(input.ids, isCancelled: { interrupt.isRaised })
    try run.decode(isCancelled: { interrupt.isRaised }) { output.append($0) }
    output.finish()
    let report = GenerateReport(
      run, of: loaded, model: model, prompt: input.ids, text: output.text)
    if json { try Console.json(report) } else { Console.note(report.summary) }
    if run.generation.finish == .interrupted { throw ExitStatus.interrupted }
  }

  private func ends(of tokenizer: Tokenizer?) -> Set<Int32> {
    ignoreEos ? [] : tokenizer?.specialTokens.endOfGeneration ?? []
  }

  /// The positions of the session.
  ///
  /// - Throws: `CommandError` for a prompt that they cannot hold.
  private func positions(for promptTokens: Int, of reference: ModelReference) throws -> Int {
    let wanted = promptTokens.addingReportingOverflow(generate).partialValue
    let made = reference.shape.context
    let positions = context ?? (wanted > 0 ? min(wanted, made) : made)
    guard promptTokens <= positions else {
      throw CommandError(
        "the prompt has \(promptTokens) tokens, and "
          + (context.map { "--context is \($0)" } ?? "\(reference.name) was made for \(made) positions")
          + "; shorten it, or give --context \(promptTokens + min(generate, made)), which takes more memory"
          + (promptTokens > made ? " and lets the text degrade" : ""))
    }
    if context == nil, wanted > positions || wanted < 0 {
      Console.note(
        "W-context  \(reference.name) was made for \(made) positions: at most \(positions - promptTokens + 1) tokens "
          + "follow a prompt of \(promptTokens); --context goes beyond")
    }
    return positions
  }
}
