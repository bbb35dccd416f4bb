import ArgumentParser
import Engine
import Harness
import Kernels
import Machine
import Meters
import ModelFiles
import Records
import Sinks

/// `tern convert`: any model that can be read, as a GGUF file.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert a model to GGUF, its ternary weights bit for bit.",
    discussion: """
      Reads GGUF, or safetensors with config.json, and writes GGUF. i2_s and f32 keep the scales as they are; the other \
      types round them. Embedding and head keep their types unless --head-type names one. The tokenizer and its chat \
      template come along; what GGUF has no key for is said on stderr.

      Dense weights fit f32, f16, bf16 and q8_0. As an experiment, --ternarize absmean rounds every projection to -g, \
      0 and +g, g the mean magnitude of the tensor. That destroys the quality of a model that was not trained so, and \
      a report says how much: the error of the weights, and with --text that of the logits and both perplexities.
      """)

  @Argument(help: "A .gguf file, a checkpoint folder, or a .safetensors file beside its config.json.")
  var input: String

  @Argument(help: "The GGUF file to write; it appears when it is complete.")
  var output: String

  @Option(help: "How projections are stored: i2_s, tq1_0, tq2_0, f16, q8_0, f32 or bf16; dense ones the last four.")
  var type: TernaryType

  @Option(
    name: .customLong("head-type"), help: "How embedding and head are stored: f32, f16, bf16, q8_0, q6_k or q4_0.")
  var headType: DenseFormat?

  @Option(help: "The gate's non-linearity, relu2 or silu, where the input states a wrong one.")
  var activation: ModelConfiguration.Activation?

  @Option(
    name: .customLong("i2s-layout"),
    help: "How I2_S of the input is cut in blocks: x86, or arm for files that bitnet.cpp wrote on ARM.")
  var i2SLayout: TernaryBlocks.I2SLayout = .blocksOf128

  @Option(help: "Make dense weights ternary, an experiment: absmean.")
  var ternarize: Ternarization?

  @Option(help: "With --ternarize: a file of UTF-8 text that both models are compared by, - for standard input.")
  var text: String?

  @Option(help: "With --text: the tokenizer, a tokenizer.json, a model file or a model folder (default: the input's).")
  var tokenizer: String?

  @Option(help: "With --text: read no more than so many tokens.")
  var limit: Int?

  @Flag(help: "With --ternarize: the report as one JSON object on stdout.")
  var json = false

  @Option(name: [.customShort("t"), .long], help: "Worker threads (default: one per physical core).")
  var threads: Int?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 thread is needed") }
    if ternarize == nil, text != nil { throw ValidationError("--text is what --ternarize is measured by: add it") }
    if ternarize == nil, json { throw ValidationError("--json is the report of --ternarize: add it") }
    if text == nil, tokenizer != nil || limit != nil {
      throw ValidationError("--tokenizer and --limit are of --text: add it")
    }
    if let limit, limit < 2 { throw ValidationError("--limit \(limit): at least 2 tokens") }
  }

  func run() throws {
    let start = WallClock.nowNs()
    let work = try work()
    let machine = Machine()
    let pool = try ThreadPool(threads: threads ?? machine.coresPhysical, placement: .free)
    let text = try text.map {
      try TernarizationText(file: $0, input: input, tokenizer: self.tokenizer, limit: limit)
    }
    let showsProgress = Console.stderrIsTerminal && !options.quiet
    let errors = try work.write(
      { rows, body in pool.parallelRows(rows, multipleOf: 1) { _, range in body(range) } },
      { done in
        if showsProgress { Console.raw("\r\u{1B}[K\(ByteCount(done)) of \(ByteCount(work.byteCount))") }
      })
    if showsProgress { Console.raw("\r\u{1B}[K") }
    let seconds = Double(WallClock.nowNs() - start) * 1e-9
    if !options.quiet {
      Console.note(
        "\(output)  \(work.architecture), \(type.rawValue)  \(ByteCount(work.byteCount))  "
          + "\(Number.threeDigits(seconds)) s")
    }
    guard let ternarize else { return }
    let figures = try text?.compare(output: output, pool: pool, machine: machine, isQuiet: options.quiet)
    let report = TernarizationReport(
      input: input, output: output, type: type, ternarize: ternarize, errors: errors, text: figures)
    Console.raw(report.prose(width: Console.stderrWidth))
    if json { try Console.json(report) }
  }

  /// A file to write, whatever its graph.
  private struct Work {
    let architecture: String
    let byteCount: Int
    let write: (_ forEachRow: RowLoop, _ progress: (Int) -> Void) throws -> [TernarizationError]
  }

  /// Plans the conversion, and says what will be lost.
  private func work() throws -> Work {
    if let hybrid = try ModelReference.files(of: input) as? any StoredHybrid { return try work(hybrid) }
    let source = try open()
    for note in source.notes where activation == nil { Console.note("\(note.id)  \(note.text)") }
    let tokenizer = ConvertedTokenizer(of: source)
    for note in tokenizer.notes { Console.note("\(note.id)  \(note.text)") }
    let converter = try ModelConverter(
      source, options: .init(type: type, head: headType, activation: activation, ternarize: ternarize),
      metadata: tokenizer.metadata)
    return Work(architecture: converter.architecture.rawValue, byteCount: converter.byteCount) {
      try converter.write(to: output, forEachRow: $0, progress: $1)
    }
  }

  private func work(_ source: any StoredHybrid) throws -> Work {
    if activation != nil {
      throw CommandError("--activation is for transformers: a hybrid's gates have SiLU, and no file says otherwise")
    }
    if i2SLayout != .blocksOf128 {
      throw CommandError("--i2s-layout is for files that bitnet.cpp wrote, and those hold no hybrids")
    }
    for note in source.notes { Console.note("\(note.id)  \(note.text)") }
    let tokenizer = ConvertedTokenizer(of: source)
    for note in tokenizer.notes { Console.note("\(note.id)  \(note.text)") }
    let converter = try HybridConverter(
      source, options: .init(type: type, head: headType, ternarize: ternarize), metadata: tokenizer.metadata)
    return Work(architecture: HybridConfiguration.modelType, byteCount: converter.byteCount) {
      try converter.write(to: output, forEachRow: $0, progress: $1)
    }
  }

  private func open() throws -> any ModelContainer {
    if let shipped = ShippedModel.named(input) { return try shipped.open() }
    let source = try ModelFile.open(path: input)
    guard i2SLayout != .blocksOf128, source is GGUFModel else { return source }
    return try GGUFModel(path: source.path, i2SLayout: i2SLayout)
  }
}

extension DenseFormat: ExpressibleByArgument {}
extension TernaryType: ExpressibleByArgument {}
extension Ternarization: ExpressibleByArgument {}
extension ModelConfiguration.Activation: ExpressibleByArgument {}
extension TernaryBlocks.I2SLayout: ExpressibleByArgument {}
