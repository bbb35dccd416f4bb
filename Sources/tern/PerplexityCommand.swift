import ArgumentParser
import Engine
import Harness
import Kernels
import Machine
import Meters
import ModelFiles
import Training

/// `tern perplexity`: how well a model predicts a text.
struct PerplexityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perplexity",
    abstract: "Measure how well a model predicts a text.",
    discussion: """
      The text is read in windows of --context-size tokens that begin --stride tokens apart. The first window scores all \
      of its tokens but the first; every other one scores the tokens that are new in it, each with at least the window \
      less the stride before it. What the tokenizer puts before a text (<|begin_of_text|>) stands once, at the start of \
      the text, and not before every window; special tokens that are spelled out in the text are text.

      The ± is a standard error from the means of batches of neighbouring tokens, which are surprising together; the one \
      for independent tokens, which other programs print, stands beside it.
      """)

  @Option(
    name: [.customShort("m"), .long],
    help: "A model file or folder, or a zoo name (tern list models), with an optional head format: NAME:q6_k.")
  var model: String

  @Argument(help: "A file of UTF-8 text, - for standard input.")
  var file: String

  @Option(
    name: [.customShort("c"), .long], help: "Tokens of one window (default: 512, or what the model was made for).")
  var contextSize: Int?

  @Option(help: "Tokens from the start of one window to that of the next (default: half of a window).")
  var stride: Int?

  @Option(help: "Read no more than so many tokens.")
  var limit: Int?

  @Option(help: "The tokenizer: a tokenizer.json, a model file or a model folder (default: the model's own).")
  var tokenizer: String?

  @Flag(help: "FILE holds token ids, as tern tokenize prints them, instead of text.")
  var ids = false

  @Flag(help: "Blank lines of FILE part documents; each gets the tokens around it that it has in training.")
  var documents = false

  @Flag(
    help: "Once with each kernel that can run here; status 3 unless all perplexities are the same to the last digit.")
  var eachKernel = false

  @Flag(help: "One JSON object on stdout instead of the table.")
  var json = false

  @Flag(name: [.customShort("q"), .long], help: "No progress on stderr.")
  var quiet = false

  @OptionGroup var options: ModelOptions

  /// The window of llama.cpp's tool of this name, so that numbers can be compared.
  private static let contextDefault = 512

  func validate() throws {
    if let contextSize, contextSize < 2 { throw ValidationError("--context-size \(contextSize): at least 2 tokens") }
    if let stride, stride < 1 { throw ValidationError("--stride \(stride): at least 1 token") }
    if let contextSize, let stride, stride > contextSize {
      throw ValidationError(
        "--stride \(stride) leaves out tokens: it may be as large as --context-size, \(contextSize)")
    }
    if let limit, limit < 2 { throw ValidationError("--limit \(limit): at least 2 tokens") }
    if eachKernel, options.kernel != nil { throw ValidationError("--each-kernel needs no --kernel") }
    if ids, documents { throw ValidationError("--ids and --documents: FILE holds one or the other") }
    if ids, tokenizer != nil { throw ValidationError("--ids needs no --tokenizer") }
  }

  func run() throws {
    let machine = Machine()
    let kernel = try options.kernelName()
    let reference = try ModelReference(model)
    let text = try PerplexityText(
      file: file, ids: ids, documents: documents, tokenizer: tokenizer, limit: limit, model: reference)
    guard eachKernel else {
      let report = try measure(kernel, text, reference, machine)
      if json { try Console.json(report) } else { Console.text(report.table(width: Console.width)) }
      return
    }
    let found = try PerplexityByKernel(model: model, file: file) { try measure($0.id, text, reference, machine) }
    if json { try Console.json(found) } else { Console.text(found.table(width: Console.width)) }
    Console.note(found.verdict)
    if !found.isOne { throw ExitStatus.cellsFailed }
  }

  private func measure(
    _ kernel: String?, _ text: PerplexityText, _ reference: ModelReference, _ machine: Machine
  ) throws -> PerplexityReport {
    // A short text needs no more memory than it has tokens.
    let size = min(contextSize ?? min(Self.contextDefault, reference.shape.context), max(2, text.ids.count))
    let stride = min(stride ?? max(1, (contextSize ?? size) / 2), size)
    let windows = try named { try PerplexityWindow.covering(tokens: text.ids.count, size: size, stride: stride) }
    let loaded = try LoadedModel(
      reference, kernel: kernel, pool: try options.makePool(machine: machine), context: size,
      logitsRows: min(size, Session.scoredRows), cacheFormat: options.cacheFormat, machine: machine)
    let progress = PerplexityProgress(tokens: text.ids.count, isQuiet: quiet)
    let start = WallClock.nowNs()
    var nats: [Double] = []
    for window in windows {
      nats += try named {
        try loaded.session.negativeLogLikelihoods(of: text.ids[window.tokens], from: window.firstScored)
      }
      progress.windowDidEnd(window, nats: nats)
    }
    progress.end()
    return PerplexityReport(
      model: model, file: file, kernel: loaded.session.kernels.name, threads: loaded.pool.threads, contextSize: size,
      stride: stride, windows: windows, text: text, score: Perplexity(nats: nats),
      timeNs: Int(WallClock.nowNs() - start))
  }

  /// Says of which file an error of the engine speaks.
  private func named<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as EngineError { throw CommandError("\(file): \(error.description)") }
  }
}

/// The token ids to score, and how they came from a file.
struct PerplexityText {
  let ids: [Int32]
  /// Ids that the tokenizer put before the text, or around documents.
  let prefix: Int
  /// Bytes of the text that the other ids say; nil where ids were given.
  let bytes: Int?

  /// - Parameter takesIDs: whether the command has `--ids` to point at where there is no tokenizer.
  init(
    file: String, ids isIDs: Bool, documents: Bool = false, tokenizer: String?, limit: Int?, model: ModelReference,
    takesIDs: Bool = true
  ) throws {
    // A model without a tokenizer is refused before standard input is waited for.
    let tokenizer = try isIDs ? nil : model.tokenizer(at: tokenizer, takesIDs: takesIDs)
    let text = try TextFile.read(path: file)
    let most = limit ?? .max
    guard let tokenizer else {
      ids = Array(try TextInput.ids(text, file: file).prefix(most))
      (prefix, bytes) = (0, nil)
      return
    }
    guard !documents else {
      let texts = Corpus.documents(in: text)
      ids = Array(Corpus.ids(texts, tokenizer).prefix(most))
      prefix = ids.count { tokenizer.specialIDs.contains($0) }
      bytes = try texts.isEmpty ? nil : tokenizer.decode(ids[...], skippingSpecial: true).utf8.count
      guard !texts.isEmpty else { throw CommandError("\(file): is empty; give a text of at least 2 tokens") }
      return
    }
    let all = tokenizer.prefix + tokenizer.encode(text, parsingSpecial: false)
    ids = Array(all.prefix(most))
    prefix = min(tokenizer.prefix.count, ids.count)
    bytes = try ids.count == all.count ? text.utf8.count : tokenizer.decode(ids[prefix...]).utf8.count
    guard !text.isEmpty else { throw CommandError("\(file): is empty; give a text of at least 2 tokens") }
  }
}
