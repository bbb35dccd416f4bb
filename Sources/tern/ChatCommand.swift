import ArgumentParser
import Engine
import Harness
import Machine
import ModelFiles

/// `tern chat`: a conversation with a model.
struct ChatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talk with a model.",
    discussion: """
      One line is one message; answers go to stdout, everything else to stderr. Ctrl-C stops an answer, Ctrl-D ends, \
      /help lists the commands. Where standard input is no terminal, every line of it is answered in turn, and Ctrl-C \
      ends with status 130.

      The conversation stays in the cache, and only what is new is read. When it does not fit the context any more, \
      the oldest exchanges are forgotten until the rest takes at most half of it.
      """)

  @Option(
    name: [.customShort("m"), .long],
    help: "A GGUF file or a checkpoint folder, with an optional head format: NAME:q6_k.")
  var model: String

  @Option(help: "The system's message: how to behave.")
  var system: String?

  @Option(help: "How turns are written down, in place of the model's own way: \(ChatTemplate.names).")
  var template: String?

  @Option(help: "A tokenizer.json, a model folder or a GGUF file, in place of the model's own.")
  var tokenizer: String?

  @Option(
    name: [.customShort("n"), .customLong("gen-tokens")],
    help: "The most tokens of an answer (default: what the context holds).")
  var generate: Int?

  @Option(
    name: [.customShort("c"), .long],
    help: """
      Positions to make room for (default: those that the model was made for, at most \(ChatCommand.contextUsual)).
      """)
  var context: Int?

  @Option(help: "Stop an answer before this text; repeatable.")
  var stop: [String] = []

  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var options: ModelOptions
  @OptionGroup var output: OutputOptions

  /// What most conversations fit in; caches for all of a model's positions may be larger than its weights.
  static let contextUsual = 4096
  /// Fewer do not hold a question and an answer.
  private static let contextLeast = 16

  func validate() throws {
    if let generate, generate < 1 { throw ValidationError("-n \(generate): at least 1 token") }
    if let context, context < Self.contextLeast {
      throw ValidationError("--context \(context): at least \(Self.contextLeast) positions")
    }
    if let template, ChatTemplate(rawValue: template) == nil {
      throw ValidationError("--template \(template): is not known; known are \(ChatTemplate.names)")
    }
    if stop.contains("") { throw ValidationError("--stop: the text is empty") }
  }

  func run() throws {
    let machine = Machine()
    let kernel = try options.kernelName()
    let reference = try ModelReference(model)
    guard reference.isFile || tokenizer != nil else {
      throw CommandError("\(model) has random weights and nothing to say; chat with a GGUF file or a checkpoint")
    }
    let tokenizer = try reference.tokenizer(at: tokenizer, takesIDs: false)
    let template = try tokenizer.chatTemplate(named: template)
    if system != nil && template.dropsSystemMessages {
      throw CommandError("--system: template \(template.rawValue) has no place for it")
    }
    sampling.noteWhatIsIdle()
    let meters = GenerationMeters(machine: machine)
    let loaded = try LoadedModel(
      reference, kernel: kernel, pool: try options.makePool(machine: machine),
      context: context ?? min(reference.shape.context, Self.contextUsual), cacheFormat: options.cacheFormat,
      machine: machine)
    let speaker = ChatSpeaker(tokenizer: tokenizer, template: template)
    if let note = speaker.note { Console.note(note) }
    let generation = Generation(
      session: loaded.session, sampler: Sampler(sampling.sampling), ends: speaker.ends, limit: generate)
    var chat = Chat(
      speaker: speaker, run: GenerationRun(generation: generation, meters: meters), system: system, stops: stop,
      style: output.color.stderr, isQuiet: output.quiet)
    if chat.isInteractive && !output.quiet {
      Console.note(model)
      Console.note(
        "\(loaded.session.kernels.name)  threads \(loaded.pool.threads)  context \(loaded.session.context)  template "
          + template.rawValue)
      Console.note("/help lists the commands; Ctrl-C stops an answer, Ctrl-D ends")
    }
    try chat.talk()
  }
}
