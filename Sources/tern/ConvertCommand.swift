import ArgumentParser
import Engine
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
      types round them. A hybrid with dense weights stays dense as f32, f16, bf16 or q8_0, and --ternarize makes it \
      ternary. Embedding and head keep their types unless --head-type names one. The tokenizer and its chat template \
      come along; what GGUF has no key for is said on stderr.
      """)

  @Argument(help: "A .gguf file, a checkpoint folder, or a .safetensors file beside its config.json.")
  var input: String

  @Argument(help: "The GGUF file to write; it appears when it is complete.")
  var output: String

  @Option(help: "How the projections are stored: i2_s, tq1_0, tq2_0, f16, q8_0, f32 or bf16.")
  var type: TernaryType

  @Option(help: "Make dense weights ternary: absmean. An experiment, which ruins the text.")
  var ternarize: Ternarization?

  @Option(
    name: .customLong("head-type"), help: "How embedding and head are stored: f32, f16, bf16, q8_0, q6_k or q4_0.")
  var headType: DenseFormat?

  @Option(help: "The gate's non-linearity, relu2 or silu, where the input states a wrong one.")
  var activation: ModelConfiguration.Activation?

  @Option(
    name: .customLong("i2s-layout"),
    help: "How I2_S of the input is cut in blocks: x86, or arm for files that bitnet.cpp wrote on ARM.")
  var i2SLayout: TernaryBlocks.I2SLayout = .blocksOf128

  @Option(name: [.customShort("t"), .long], help: "Worker threads (default: one per physical core).")
  var threads: Int?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 thread is needed") }
  }

  func run() throws {
    let start = WallClock.nowNs()
    if let hybrid = try ModelFile.openAny(path: input) as? any StoredHybrid { return try convert(hybrid, since: start) }
    if let ternarize {
      throw CommandError("--ternarize \(ternarize.rawValue) is for hybrids, and \(input) is none")
    }
    let source = try open()
    for note in source.notes where activation == nil { Console.note("\(note.id)  \(note.text)") }
    let tokenizer = ConvertedTokenizer(of: source)
    for note in tokenizer.notes { Console.note("\(note.id)  \(note.text)") }
    let converter = try ModelConverter(
      source, options: .init(type: type, head: headType, activation: activation), metadata: tokenizer.metadata)
    try write(converter.byteCount, architecture: converter.architecture.rawValue, since: start) {
      try converter.write(to: output, forEachRow: $0, progress: $1)
    }
  }

  /// Writes a file on all threads, shows how far it is, and says what was written.
  func write<Result>(
    _ byteCount: Int, architecture: String, since start: UInt64,
    _ body: (_ forEachRow: RowLoop, _ progress: (Int) -> Void) throws -> Result
  ) throws -> Result {
    let pool = try ThreadPool(threads: threads ?? Machine().coresPhysical, placement: .free)
    let showsProgress = Console.stderrIsTerminal && !options.quiet
    let result = try body(
      { rows, body in pool.parallelRows(rows, multipleOf: 1) { _, range in body(range) } },
      { done in
        if showsProgress { Console.raw("\r\u{1B}[K\(ByteCount(done)) of \(ByteCount(byteCount))") }
      })
    if showsProgress { Console.raw("\r\u{1B}[K") }
    let seconds = Double(WallClock.nowNs() - start) * 1e-9
    if !options.quiet {
      Console.note(
        "\(output)  \(architecture), \(type.rawValue)  \(ByteCount(byteCount))  \(Number.threeDigits(seconds)) s")
    }
    return result
  }

  private func open() throws -> any ModelContainer {
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
