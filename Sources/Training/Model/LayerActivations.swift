import Engine

/// What the backward pass of one layer needs to know of its forward pass.
struct LayerActivations {
  /// Inputs of a projection that were normalised: 1 / rms of each row, and the row quantized.
  struct NormalisedInput {
    let inverses: Floats
    let codes: Floats
    let scales: Floats

    init(tokens: Int, width: Int) throws {
      inverses = try Floats(tokens)
      codes = try Floats(tokens * width)
      scales = try Floats(tokens)
    }

    var quantized: QuantizedInput { QuantizedInput(codes: codes.address, scales: scales.address) }
  }

  /// The residual stream before attention and before the feed-forward: [tokens, hidden].
  let attentionResidual: Floats
  let feedForwardResidual: Floats
  /// Inputs of q, k and v; of o; of gate and up; of down.
  let attentionInput: NormalisedInput
  let outputInput: NormalisedInput
  let feedForwardInput: NormalisedInput
  let downInput: NormalisedInput
  /// Rotated queries and keys, and values: [tokens, (heads + 2·kvHeads)·headDim].
  let qkv: Floats
  /// Attention's output before its sub-norm: [tokens, heads·headDim].
  let attended: Floats
  /// [tokens, feedForward] each; the product of both is made again.
  let gate: Floats
  let up: Floats

  init(_ shape: TransformerShape, tokens: Int) throws {
    attentionResidual = try Floats(tokens * shape.hidden)
    feedForwardResidual = try Floats(tokens * shape.hidden)
    attentionInput = try NormalisedInput(tokens: tokens, width: shape.hidden)
    outputInput = try NormalisedInput(tokens: tokens, width: shape.queryWidth)
    feedForwardInput = try NormalisedInput(tokens: tokens, width: shape.hidden)
    downInput = try NormalisedInput(tokens: tokens, width: shape.feedForward)
    qkv = try Floats(tokens * (shape.queryWidth + 2 * shape.keyValueWidth))
    attended = try Floats(tokens * shape.queryWidth)
    gate = try Floats(tokens * shape.feedForward)
    up = try Floats(tokens * shape.feedForward)
  }
}

/// Memory that one step uses and nothing remembers.
struct StepWork {
  /// The residual stream, and its gradient: [tokens, hidden].
  let x: Floats
  let dx: Floats
  /// The normalised residual stream before the head, its gradient, and 1 / rms of each row.
  let states: Floats
  let dStates: Floats
  let inverses: Floats
  /// Activations and gradients of any width of a layer: [tokens, widest].
  let wide: Floats
  let wideGradient: Floats
  /// dqkv: [tokens, (heads + 2·kvHeads)·headDim].
  let dQKV: Floats
  /// df, the gradient of what goes into the last norm of an MLP: [tokens, feedForward].
  let dWide: Floats
  /// 1 / s of each token, and a projection's scale as often: [2, tokens].
  let factors: Floats
  /// Attention's and the norms' memory of each thread.
  let attention: Floats
  let rows: Floats
  /// Rows of int8, one of each thread.
  let bytes: Floats
  /// Logits of a block of tokens.
  let logits: Floats
  /// Losses as Doubles.
  let losses: Floats

  init(_ shape: TransformerShape, attention attentionShape: AttentionShape, tokens: Int, threads: Int) throws {
    let qkvWidth = attentionShape.stride
    let widest = max(shape.hidden, shape.queryWidth, shape.feedForward)
    x = try Floats(tokens * shape.hidden)
    dx = try Floats(tokens * shape.hidden)
    states = try Floats(tokens * shape.hidden)
    dStates = try Floats(tokens * shape.hidden)
    inverses = try Floats(tokens)
    wide = try Floats(tokens * widest)
    wideGradient = try Floats(tokens * widest)
    dQKV = try Floats(tokens * qkvWidth)
    dWide = try Floats(tokens * shape.feedForward)
    factors = try Floats(2 * tokens)
    attention = try Floats(threads * attentionShape.workFloats)
    rows = try Floats(threads * 2 * widest)
    bytes = try Floats((threads * widest + 3) / 4)
    let logitsTokens = LogitsWork.tokens(vocabulary: shape.vocabulary)
    logits = try Floats(logitsTokens * shape.vocabulary)
    losses = try Floats(2 * tokens)
  }

  var logitsWork: LogitsWork {
    LogitsWork(
      logits: logits.address,
      losses: UnsafeMutableRawPointer(losses.address).assumingMemoryBound(to: Double.self))
  }

  /// A row of each thread: [threads, widest].
  var rowBytes: UnsafeMutablePointer<Int8> {
    UnsafeMutableRawPointer(bytes.address).assumingMemoryBound(to: Int8.self)
  }
}
