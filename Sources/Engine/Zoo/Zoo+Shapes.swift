extension Zoo {
  /// The sizes of the efficiency paper.
  ///
  /// Vocabulary, rotary base, context and norms are those of bitnet_b1_58-large, the base that the generator script
  /// fills in; key heads are query heads.
  static let paper: [TransformerShape] = [
    paper("125m", hidden: 768, layers: 11, heads: 12, feedForward: 3072, source: paperAndScript),
    paper("350m", hidden: 1024, layers: 24, heads: 16, feedForward: 3072, source: paperAndScript),
    paper("700m", hidden: 1536, layers: 24, heads: 16, feedForward: 4096, source: paperOnly),
    paper("1b", hidden: 2048, layers: 24, heads: 32, feedForward: 3584, source: paperAndScript),
    paper("1.5b", hidden: 1536, layers: 28, heads: 32, feedForward: 9216, source: paperAndScript),
    paper("2.5b", hidden: 2560, layers: 30, heads: 20, feedForward: 6912, source: paperOnly),
    paper("2.7b", hidden: 3072, layers: 24, heads: 32, feedForward: 7680, source: scriptOnly),
    paper("3.8b", hidden: 3840, layers: 24, heads: 32, feedForward: 8192, source: paperAndScript),
    paper("7b", hidden: 4096, layers: 32, heads: 32, feedForward: 12032, source: paperAndScript),
    paper("13b", hidden: 5120, layers: 40, heads: 40, feedForward: 13824, source: paperAndScript),
    paper("30b", hidden: 6656, layers: 60, heads: 52, feedForward: 16384, source: paperAndScript),
    paper("70b", hidden: 8192, layers: 80, heads: 64, feedForward: 24576, source: paperAndScript),
    paper("100b", hidden: 8192, layers: 72, heads: 64, feedForward: 45568, source: paperAndScript),
  ]

  /// Released BitNet b1.58 models.
  static let bitnet: [TransformerShape] = [
    TransformerShape(
      name: "bitnet-2b-4t", hidden: 2560, layers: 30, heads: 20, kvHeads: 5, headDim: 128, feedForward: 6912,
      vocabulary: 128_256, activation: .relu2, subNorms: true, ropeTheta: 500_000, rmsNormEpsilon: 1e-5,
      context: 4096, tiedEmbeddings: true, summary: "BitNet b1.58 2B4T",
      source: "arXiv:2504.12285; config.json of microsoft/bitnet-b1.58-2B-4T"),
    oneBitLLM(
      "bitnet-large", hidden: 1536, layers: 24, heads: 16, feedForward: 4096, summary: "bitnet_b1_58-large, 0.7B",
      source: "config.json of 1bitLLM/bitnet_b1_58-large"),
    oneBitLLM(
      "bitnet-3b", hidden: 3200, layers: 26, heads: 32, feedForward: 8640,
      summary: "bitnet_b1_58-3B; 8640 columns divide by neither 128 nor 256",
      source: "config.json of 1bitLLM/bitnet_b1_58-3B"),
  ]

  /// Ternary models with llama's graph: no sub-norms, a head of their own.
  static let llama: [TransformerShape] = [
    TransformerShape(
      name: "llama3-8b-1.58", hidden: 4096, layers: 32, heads: 32, kvHeads: 8, headDim: 128, feedForward: 14336,
      vocabulary: 128_256, activation: .silu, subNorms: false, ropeTheta: 500_000, rmsNormEpsilon: 1e-5,
      context: 8192, tiedEmbeddings: false, summary: "Llama3-8B-1.58-100B-tokens",
      source: "config.json of its sibling HF1BitLLM/Llama3-8B-1.58-Sigmoid-k100-10B-tokens"),
    falcon3(
      "1b", hidden: 2048, layers: 18, heads: 8, feedForward: 8192, context: 8192,
      source: "config.json of tiiuae/Falcon3-1B-Instruct-1.58bit"),
    falcon3(
      "3b", hidden: 3072, layers: 22, heads: 12, feedForward: 9216, context: 4096,
      source: "config.json of tiiuae/Falcon3-3B-Base-1.58bit"),
    falcon3(
      "7b", hidden: 3072, layers: 28, heads: 12, feedForward: 23040, context: 8192,
      source: "config.json of tiiuae/Falcon3-7B-Base-1.58bit; vocabulary as in the 1B, 3B and 10B"),
    falcon3(
      "10b", hidden: 3072, layers: 40, heads: 12, feedForward: 23040, context: 32768,
      source: "config.json of tiiuae/Falcon3-10B-Base-1.58bit"),
    TransformerShape(
      name: "falcon-e-1b", hidden: 2048, layers: 24, heads: 16, kvHeads: 2, headDim: 128, feedForward: 9216,
      vocabulary: 32768, activation: .silu, subNorms: false, ropeTheta: 1_000_000, rmsNormEpsilon: 1e-5,
      context: 32768, tiedEmbeddings: false, summary: "Falcon-E-1B, inferred: its config.json was not at hand",
      source: "inferred from config.json of the derivative Arvyniitb/1bitModel, tensor counts in microsoft/BitNet "
        + "pull request 268, and the size of its GGUF file"),
  ]

  /// Decoder-hybrid-decoders, with ternary weights where the published ones are not.
  public static let hybrids: [HybridShape] = [
    HybridShape(
      name: "phi4-mini-flash", hidden: 2560, layers: 32, heads: 40, kvHeads: 20, feedForward: 10240,
      vocabulary: 200_064, window: 512, channels: 5120, state: 16, convolution: 4, deltaRank: 160,
      layerNormEpsilon: 1e-5, context: 262_144, tiedEmbeddings: true,
      summary: "Phi-4-mini-flash's graph (SambaY) made ternary; kernel f16 holds its weights as halves",
      source: "arXiv:2507.06607; config.json of microsoft/Phi-4-mini-flash-reasoning")
  ]

  /// A transformer of the hybrid's size and vocabulary, to hold it against.
  ///
  /// The factors that stretch its angles beyond 4096 positions are left out: they change angles, and no time.
  static let phi: [TransformerShape] = [
    TransformerShape(
      name: "phi4-mini", hidden: 3072, layers: 32, heads: 24, kvHeads: 8, headDim: 128, feedForward: 8192,
      vocabulary: 200_064, activation: .silu, subNorms: false, ropeTheta: 10_000, rmsNormEpsilon: 1e-5,
      context: 131_072, tiedEmbeddings: true, rotaryDim: 96,
      summary: "Phi-4-mini's graph made ternary, of the size of phi4-mini-flash",
      source: "arXiv:2503.01743; examples/models/phi_4_mini/config/config.json of pytorch/executorch")
  ]

  /// BitNet embedding models: a norm on the input of every projection, norms on heads, no head in their files.
  ///
  /// The converter of the smaller one writes no window, so all of its layers see all positions here.
  static let embedding: [TransformerShape] = [
    TransformerShape(
      name: "bitnet-embedding-0.6b", hidden: 1024, layers: 28, heads: 16, kvHeads: 8, headDim: 128, feedForward: 3072,
      vocabulary: 151_936, activation: .silu, subNorms: false, ropeTheta: 1_000_000, rmsNormEpsilon: 1e-6,
      context: 32768, tiedEmbeddings: true, inputNormEpsilon: 1e-6, headNorms: true,
      summary: "BitNet-embedding-0.6B, of Qwen3", source: embeddingGuide),
    TransformerShape(
      name: "bitnet-embedding-270m", hidden: 640, layers: 18, heads: 4, kvHeads: 1, headDim: 256, feedForward: 2048,
      vocabulary: 262_144, activation: .gelu, subNorms: false, ropeTheta: 10_000, rmsNormEpsilon: 1e-6,
      context: 32768, tiedEmbeddings: true, inputNormEpsilon: 1e-6, headNorms: true, postNorms: true,
      embeddingScale: Float(640).squareRoot(), attentionScale: 1 / Float(256).squareRoot(),
      summary: "BitNet-embedding-270M, of Gemma 3", source: embeddingGuide),
  ]

  private static let embeddingGuide =
    "microsoft/BitNet docs/bitnet-embeddings-i2s-guide.md, docs/bitnet-embeddings-gguf-conversion.md"
  private static let paperAndScript =
    "arXiv:2410.16144v2 appendix A; microsoft/BitNet utils/generate-dummy-bitnet-model.py"
  private static let paperOnly = "arXiv:2410.16144v2 appendix A"
  private static let scriptOnly = "microsoft/BitNet utils/generate-dummy-bitnet-model.py"

  private static func paper(
    _ size: String, hidden: Int, layers: Int, heads: Int, feedForward: Int, source: String
  ) -> TransformerShape {
    oneBitLLM(
      "paper-\(size)", hidden: hidden, layers: layers, heads: heads, feedForward: feedForward,
      summary: "dummy model of the bitnet.cpp paper, \(size.uppercased())", source: source)
  }

  private static func oneBitLLM(
    _ name: String, hidden: Int, layers: Int, heads: Int, feedForward: Int, summary: String, source: String
  ) -> TransformerShape {
    TransformerShape(
      name: name, hidden: hidden, layers: layers, heads: heads, kvHeads: heads, headDim: hidden / heads,
      feedForward: feedForward, vocabulary: 32002, activation: .silu, subNorms: true, ropeTheta: 10_000,
      rmsNormEpsilon: 1e-5, context: 2048, tiedEmbeddings: true, summary: summary, source: source)
  }

  private static func falcon3(
    _ size: String, hidden: Int, layers: Int, heads: Int, feedForward: Int, context: Int, source: String
  ) -> TransformerShape {
    TransformerShape(
      name: "falcon3-\(size)-1.58", hidden: hidden, layers: layers, heads: heads, kvHeads: 4, headDim: 256,
      feedForward: feedForward, vocabulary: 131_072, activation: .silu, subNorms: false, ropeTheta: 1_000_042,
      rmsNormEpsilon: 1e-6, context: context, tiedEmbeddings: false, summary: "Falcon3-\(size.uppercased())-1.58bit",
      source: source)
  }
}
